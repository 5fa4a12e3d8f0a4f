"""Looks at the flow once a second in a thread of its own, so that a server that hangs holds up no screen."""

from threading import Event, Thread
from types import TracebackType

from orderflow.core.settings import Settings
from orderflow.flow.counts import Counts
from orderflow.flow.probes import Source, Target, Topics, probe

PERIOD_SECONDS = 1.0
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
            self.newest = probe(self._servers).known_since(self.newest)
            if self._over.wait(PERIOD_SECONDS):
                break
        for server in self._servers:
            server.close()
