"""A writer never guesses: what it does not know to be in MySQL it leaves alone."""

from decimal import Decimal
from time import monotonic
from typing import Any, cast

from orderflow.load.operations import ChangeCustomer, ChangeStatus, Delete, Operation, Place
from orderflow.load.order import Line, Order
from orderflow.load.session import Outcome, Session, Transaction
from orderflow.load.tally import Tally
from orderflow.load.writer import Writer

ORDER = Order(
    1, "created", "EUR", Decimal("0.00"), Decimal("0.00"), "1 Nathan Road", "香港", (Line(1, 1, 1, Decimal("0.10")),)
)


class Cursor:
    """Remembers statements; an insert of orders gets ids from 101."""

    lastrowid = 101

    def __init__(self, ran: list[tuple[str, Any]]) -> None:
        self._ran = ran

    def execute(self, sql: str, values: Any) -> None:
        self._ran.append((sql.split()[0], values))


class Sessions:
    """Answers each run with the next outcome, COMMITTED when there is none left."""

    reconnects = 0
    refusal = "no such customer"

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.ran: list[tuple[str, Any]] = []

    def run(self, transaction: Transaction) -> Outcome:
        transaction(cast(Any, Cursor(self.ran)))
        return self.outcomes.pop(0) if self.outcomes else Outcome.COMMITTED


def writer(*outcomes: Outcome) -> tuple[Writer, Sessions, Tally, list[int]]:
    sessions, tally, forgotten = Sessions(*outcomes), Tally(), list[int]()
    return Writer(cast(Session, sessions), tally, forgotten.append), sessions, tally, forgotten


def write(made: Writer, *operations: Operation) -> Outcome:
    return made.write(operations, {one.number: monotonic() for one in operations if isinstance(one, Place)})


def test_changes_reach_the_order_under_the_id_that_mysql_gave_it() -> None:
    made, sessions, tally, _ = writer()
    write(made, Place(1, ORDER, 0), Place(2, ORDER, 0))
    write(made, ChangeStatus(2, "paid"))
    assert sessions.ran[-1] == ("UPDATE", ("paid", 102))
    assert (tally.operations["Place"], tally.operations["ChangeStatus"], tally.lines) == (2, 1, 2)


def test_a_group_may_place_an_order_and_change_it() -> None:
    made, sessions, _, _ = writer()
    write(made, Place(1, ORDER, 0), ChangeStatus(1, "paid"), Delete(1))
    assert sessions.ran[-2:] == [("UPDATE", ("paid", 101)), ("DELETE", (101,))]


def test_an_order_whose_commit_was_cut_is_forgotten_and_never_touched_again() -> None:
    made, sessions, tally, forgotten = writer(Outcome.COMMITTED, Outcome.UNKNOWN)
    write(made, Place(1, ORDER, 0))
    assert write(made, ChangeStatus(1, "paid")) is Outcome.UNKNOWN
    ran = len(sessions.ran)
    assert write(made, ChangeStatus(1, "preparing")) is Outcome.COMMITTED
    assert (forgotten, tally.unknown, len(sessions.ran)) == ([1], 1, ran)


def test_a_refused_group_is_tried_one_by_one_so_that_only_the_bad_operation_is_lost() -> None:
    made, _, tally, forgotten = writer(Outcome.COMMITTED, Outcome.REFUSED, Outcome.REFUSED, Outcome.COMMITTED)
    write(made, Place(1, ORDER, 0))
    write(made, ChangeStatus(1, "paid"), Place(2, ORDER, 0))
    assert (tally.refused, tally.operations["Place"], forgotten) == (1, 2, [1])
    assert (tally.refused_orders, tally.refusal) == (0, "no such customer")


def test_every_order_of_a_late_group_has_its_own_lateness() -> None:
    made, _, tally, _ = writer()
    now = monotonic()
    made.write([Place(1, ORDER, 0), ChangeStatus(1, "paid"), Place(2, ORDER, 0)], {1: now - 20, 2: now - 5})
    slowest, fastest = tally.late_seconds
    assert 20 <= slowest < 25
    assert 5 <= fastest < 10


def test_a_changed_reference_belongs_to_no_order() -> None:
    made, sessions, tally, forgotten = writer()
    assert write(made, ChangeCustomer(3, "Łódź", "gold")) is Outcome.COMMITTED
    assert sessions.ran == [("UPDATE", ("Łódź", "gold", 3))]
    assert (tally.operations["ChangeCustomer"], len(tally.late_seconds), forgotten) == (1, 0, [])


def test_a_deleted_order_is_forgotten() -> None:
    made, _, tally, forgotten = writer()
    write(made, Place(1, ORDER, 0))
    write(made, Delete(1))
    assert (forgotten, tally.operations["Delete"]) == ([1], 1)
