"""Looks at the flow about once a second in a thread of its own, so that a server that hangs holds up no screen."""

from threading import Event, Thread
from types import TracebackType

from orderflow.core.settings import Settings
from orderflow.flow.counts import Counts
from orderflow.flow.probes import Source, Target, Topics, probe

PERIOD_SECONDS = 1.0
COST_FACTOR = 20.0
"""A look that counts large tables takes its time: the pause after it is so many times as long, so that the watch takes
no more than a twentieth of a core from what it watches."""

LAST_LOOK_SECONDS = 5.0


class Watch:
    """A context manager; `newest` are the newest counts, with what is unknown just now as it was last known."""

    def __init__(self, settings: Settings) -> None:
        self._servers: list[Source | Topics | Target] = [Source(settings), Topics(settings), Target(settings)]
        self._over = Event()
        self._thread = Thread(target=self._run, name="watch", daemon=True)
        self.newest = Counts()

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(LAST_LOOK_SECONDS)

    def _run(self) -> None:
        while True:
            counts, seconds = probe(self._servers)
            self.newest = counts.known_since(self.newest)
            if self._over.wait(pause(seconds)):
                break
        for server in self._servers:
            server.close()


def pause(look_seconds: float) -> float:
    """Return how long to rest after a look that took so long."""
    return max(PERIOD_SECONDS, COST_FACTOR * look_seconds)
