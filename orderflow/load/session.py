"""One connection to MySQL that survives MySQL: it runs whole transactions, and says what became of each."""

from collections.abc import Callable
from enum import Enum
from threading import Event
from time import monotonic

import pymysql
from pymysql.cursors import Cursor

from orderflow.connections import MySQL

Transaction = Callable[[Cursor], None]

ROLLED_BACK = frozenset({1205, 1213})
"""Lock wait timeout and deadlock: MySQL undid the statement or the transaction, and it may be run again."""

GONE = frozenset({0, 1040, 1053, 1077, 1079, 1927, 2002, 2003, 2006, 2013, 2014, 2055, 4031})
"""The server is away, stopping, full, or has closed the connection: it may come back."""

PATIENCE_SECONDS = 180.0
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 2.0


class LoadError(Exception):
    """The load cannot go on; the text says what to do."""


class Outcome(Enum):
    """What became of a transaction."""

    COMMITTED = "committed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


class Session:
    """Opens its connection when it is needed; `tell` gets a line whenever MySQL goes away or comes back."""

    def __init__(
        self, connect: Callable[[], MySQL], stop: Event, tell: Callable[[str], None], patience: float = PATIENCE_SECONDS
    ) -> None:
        self._connect = connect
        self._stop = stop
        self._tell = tell
        self._patience = patience
        self._away = False
        self._connection: MySQL | None = None
        self.reconnects = 0
        self.refusal = ""
        """Why MySQL refused what it refused last."""

    def run(self, transaction: Transaction) -> Outcome:
        """Run and commit; a lost connection before the commit means once more, during the commit it means UNKNOWN.

        Raises LoadError when MySQL stays away for `patience` seconds or refuses for a reason that no retry mends.
        """
        while (connection := self._open()) is not None:
            try:
                with connection.cursor() as cursor:
                    transaction(cursor)
            except (pymysql.IntegrityError, pymysql.DataError) as error:
                self.refusal = str(error)
                connection.rollback()  # someone else removed the order or its reference: the caller drops it
                return Outcome.REFUSED
            except (pymysql.OperationalError, pymysql.InterfaceError) as error:
                self._recover(connection, error)  # nothing was committed: once more
                continue
            return self._commit(connection)
        return Outcome.STOPPED

    def close(self) -> None:
        """Close the connection; what was not committed is rolled back by MySQL."""
        if self._connection is not None and self._connection.open:
            self._connection.close()
        self._connection = None

    def _commit(self, connection: MySQL) -> Outcome:
        try:
            connection.commit()
        except (pymysql.OperationalError, pymysql.InterfaceError) as error:
            self._lose(error)  # the answer is lost, not necessarily the commit
            return Outcome.UNKNOWN
        return Outcome.COMMITTED

    def _recover(self, connection: MySQL, error: pymysql.MySQLError) -> None:
        if _code(error) in ROLLED_BACK:
            connection.rollback()
            return
        self._lose(error)

    def _lose(self, error: pymysql.MySQLError) -> None:
        if _code(error) not in GONE:
            raise LoadError(f"MySQL refuses: {error}") from error
        self._announce(error)
        self.close()
        self.reconnects += 1

    def _open(self) -> MySQL | None:
        """Return the connection, opened if need be; None when asked to stop."""
        deadline, wait = monotonic() + self._patience, FIRST_WAIT_SECONDS
        while self._connection is None and not self._stop.is_set():
            try:
                self._connection = self._connect()
                self._welcome()
            except pymysql.OperationalError as error:
                if _code(error) not in GONE or monotonic() >= deadline:
                    raise LoadError(f"MySQL does not let the load in: {error} (orderflow status)") from error
                self._announce(error)
                self._stop.wait(wait)  # the back-off between attempts; ends at once on stop
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        return None if self._stop.is_set() else self._connection

    def _announce(self, error: pymysql.MySQLError) -> None:
        if not self._away:
            self._away = True
            self._tell(f"MySQL is away: waiting for it ({error})")

    def _welcome(self) -> None:
        if self._away:
            self._away = False
            self._tell("MySQL is back: going on")


def _code(error: pymysql.MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0
