"""A load from start to summary: the catalogue is read, the writers run in threads, the counts are added up."""

from collections.abc import Callable
from functools import partial
from random import Random
from threading import Event, Thread
from time import monotonic

from orderflow import connections
from orderflow.core.settings import Settings
from orderflow.load import backlog, catalogue, pace
from orderflow.load.catalogue import Catalogue
from orderflow.load.options import Backlog, Paced
from orderflow.load.plan import Plan
from orderflow.load.session import PATIENCE_SECONDS, LoadError, Session
from orderflow.load.tally import Summary, Tally, summarize
from orderflow.load.writer import Writer

WRITERS = 4
FIRST_PATIENCE_SECONDS = 10.0
"""At the start a MySQL that is away is rather one that was never started."""


class Load:
    """Runs in threads of its own: `start`, look at `summary` as it goes, `join`; `stop` ends it after what is running.

    Equal `seed` and `writers` give equal choices on an equal catalogue.
    """

    def __init__(
        self, settings: Settings, what: Paced | Backlog, seed: int, tell: Callable[[str], None], writers: int = WRITERS
    ) -> None:
        self._settings = settings
        self._what = what
        self._seed = seed
        self._tell = tell
        self._stop = Event()
        self._tallies = [Tally() for _ in range(writers)]
        self._threads: list[Thread] = []
        self._failures: list[Exception] = []
        self._began = self._ended = 0.0

    def start(self) -> None:
        """Read the catalogue and start the writers; raises LoadError when MySQL does not answer or holds none."""
        known = self._catalogue()
        self._began = monotonic()
        self._threads = [
            Thread(target=self._run, args=(nth, known), name=f"writer-{nth}") for nth in range(len(self._tallies))
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the transactions that are under way."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait at most this long; return whether the load has ended. Raises the writers' first LoadError then."""
        deadline = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            return False
        self._ended = self._ended or monotonic()
        if self._failures:
            raise self._failures[0]
        return True

    def summary(self) -> Summary:
        """Return what was done so far."""
        seconds = (self._ended or monotonic()) - self._began
        return summarize(self._tallies, seconds, self._seed, self._stop.is_set())

    def _catalogue(self) -> Catalogue:
        found: list[Catalogue] = []
        session = self._session(FIRST_PATIENCE_SECONDS)
        session.run(lambda cursor: found.append(catalogue.read(cursor)))
        session.close()
        if not found or not found[-1].customers or not found[-1].products:
            raise LoadError(
                "MySQL holds no customers or products: `orderflow up` loads mysql-init/04-reference-data.sql"
            )
        return found[-1]

    def _session(self, patience: float = PATIENCE_SECONDS) -> Session:
        return Session(partial(connections.mysql, self._settings), self._stop, self._tell, patience)

    def _run(self, nth: int, known: Catalogue) -> None:
        session = self._session()
        try:
            self._write(nth, known, session)
        except Exception as error:  # noqa: BLE001  # carried to the caller's thread, which raises it
            self._failures.append(error)
            self._stop.set()
        finally:
            session.close()

    def _write(self, nth: int, known: Catalogue, session: Session) -> None:
        random = Random(f"{self._seed}/{nth}")
        share = range(nth, self._what.orders, len(self._tallies))
        if isinstance(self._what, Backlog):
            writer = Writer(session, self._tallies[nth], lambda number: None)
            backlog.run(random, known, writer, len(share), self._stop)
            return
        rate = self._what.rate
        plan = Plan(random, known)
        dues = [self._began + order / rate for order in share]
        pace.run(plan, Writer(session, self._tallies[nth], plan.forget), dues, self._stop)
