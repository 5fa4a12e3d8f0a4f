"""One sqlite file that may be thrown away: what is found damaged is told apart from a full disk or a lock."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

Rows = list[tuple[Any, ...]]


class DamagedError(Exception):
    """The file's pages do not hold together, or a value in it is not what was written."""


class Database:
    """A connection whose statements raise DamagedError; sqlite3.OperationalError (full, locked) passes as it is."""

    def __init__(self, path: str | Path, schema: str, version: int) -> None:
        """Open the file and look through it; one that is damaged, or of another schema, is begun anew."""
        self.path = path
        try:
            self._open(version)
        except DamagedError as error:
            log.warning("begun anew: %s", error)
            self.discard()
            self._open(version)
        self.script(schema)

    def _open(self, version: int) -> None:
        # Opened by the thread that restores, used by the event loop: never by both at once.
        self.db = sqlite3.connect(self.path, check_same_thread=False)
        self.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")  # kill -9 is safe, a power cut is not
        if self.rows("PRAGMA quick_check(1)") != [("ok",)]:
            raise DamagedError(f"{self.path}: quick_check finds damage")
        if self.rows("PRAGMA user_version") != [(version,)]:
            if self.rows("SELECT 1 FROM sqlite_master LIMIT 1"):
                raise DamagedError(f"{self.path} was written by another version")
            self.script(f"PRAGMA user_version = {version}")

    def rows(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """Return all rows of a statement."""
        with self._watched():
            return self.db.execute(statement, values).fetchall()

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run one statement."""
        with self._watched():
            self.db.execute(statement, values)

    def run_each(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row of values."""
        with self._watched():
            self.db.executemany(statement, rows)

    def script(self, statements: str) -> None:
        """Run statements that return nothing."""
        with self._watched():
            self.db.executescript(statements)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, roll back when it raises."""
        with self._watched(), self.db:
            yield

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def discard(self) -> None:
        """Close the file and delete it."""
        self.close()
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.ProgrammingError):
            raise  # locked, the disk is full, or closed: the file may be good
        except (sqlite3.DatabaseError, OverflowError) as error:  # OverflowError: a damaged length
            raise DamagedError(f"{self.path}: {error}") from error
