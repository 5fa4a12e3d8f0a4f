"""What becomes of a transaction when MySQL fails at each of its moments."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any, cast

import pymysql
import pytest

from orderflow.load.session import LoadError, Outcome, Session

LOST = pymysql.OperationalError(2013, "Lost connection to MySQL server during query")
REFUSED_CONNECTION = pymysql.OperationalError(2003, "Can't connect to MySQL server")
DEADLOCK = pymysql.OperationalError(1213, "Deadlock found")
DENIED = pymysql.OperationalError(1045, "Access denied")
NO_PARENT = pymysql.IntegrityError(1452, "Cannot add or update a child row")


class Connection:
    """Counts what reaches the server; `at_commit` is raised by the commit."""

    open = True

    def __init__(self, at_commit: Exception | None = None) -> None:
        self.at_commit = at_commit
        self.commits = self.rollbacks = 0

    def cursor(self) -> "Connection":
        return self

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *of: object) -> None:
        return None

    def commit(self) -> None:
        if self.at_commit:
            raise self.at_commit
        self.commits += 1

    def rollback(self) -> None:
        self.rollbacks += 1

    def close(self) -> None:
        self.open = False


def session(*connections: Connection | Exception) -> tuple[Session, list[str]]:
    """A session that is given these connections one after another; an exception is a connect that fails."""
    waiting: Iterator[Connection | Exception] = iter(connections)
    told: list[str] = []

    def connect() -> Any:
        connection = next(waiting)
        if isinstance(connection, Exception):
            raise connection
        return connection

    return Session(connect, Event(), told.append), told


def failing(*errors: Exception) -> tuple[Callable[[Any], None], list[int]]:
    """A transaction that raises these errors, one a run, and succeeds then; and the list of its runs."""
    left, runs = list(errors), list[int]()

    def transaction(cursor: Any) -> None:
        runs.append(1)
        if left:
            raise left.pop(0)

    return transaction, runs


def test_a_connection_lost_before_the_commit_runs_the_transaction_again() -> None:
    broken, good = Connection(), Connection()
    made, told = session(broken, good)
    transaction, runs = failing(LOST)
    assert made.run(transaction) is Outcome.COMMITTED
    assert (len(runs), broken.commits, good.commits, made.reconnects) == (2, 0, 1, 1)
    assert not broken.open
    assert told == [f"MySQL is away: waiting for it ({LOST})", "MySQL is back: going on"]


def test_a_connection_lost_during_the_commit_is_never_run_again() -> None:
    made, _ = session(Connection(at_commit=LOST), Connection())
    transaction, runs = failing()
    assert made.run(transaction) is Outcome.UNKNOWN
    assert len(runs) == 1
    assert made.run(transaction) is Outcome.COMMITTED


def test_a_deadlock_is_rolled_back_and_run_again_on_the_same_connection() -> None:
    connection = Connection()
    made, _ = session(connection)
    transaction, runs = failing(DEADLOCK)
    assert made.run(transaction) is Outcome.COMMITTED
    assert (len(runs), connection.rollbacks, connection.commits, made.reconnects) == (2, 1, 1, 0)


def test_a_refused_row_is_rolled_back_and_reported() -> None:
    connection = Connection()
    made, _ = session(connection)
    transaction, _ = failing(NO_PARENT)
    assert made.run(transaction) is Outcome.REFUSED
    assert (connection.rollbacks, connection.commits) == (1, 0)


def test_a_server_that_starts_is_waited_for() -> None:
    made, told = session(REFUSED_CONNECTION, REFUSED_CONNECTION, Connection())
    transaction, _ = failing()
    assert made.run(transaction) is Outcome.COMMITTED
    assert len(told) == 2, "an outage is told once, and so is its end"


def test_a_server_that_stays_away_is_given_up() -> None:
    def connect() -> Any:
        raise REFUSED_CONNECTION

    with pytest.raises(LoadError, match="orderflow status"):
        Session(connect, Event(), print, patience=0.0).run(failing()[0])


def test_an_error_that_no_retry_mends_ends_the_load() -> None:
    made, _ = session(DENIED)
    with pytest.raises(LoadError, match="Access denied"):
        made.run(failing()[0])


def test_nothing_is_run_after_a_stop() -> None:
    stop = Event()
    stop.set()
    transaction, runs = failing()
    assert Session(lambda: cast(Any, Connection()), stop, print).run(transaction) is Outcome.STOPPED
    assert runs == []
