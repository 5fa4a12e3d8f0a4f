from random import Random
from threading import Event
from time import monotonic

from orderflow.load.operations import Delete
from orderflow.load.pace import MOST_AT_ONCE, due_by_number, groups, transactions
from orderflow.load.plan import Plan
from orderflow.load.tally import Tally, summarize
from tests.unit.load.shop import CATALOGUE


def test_what_is_overdue_comes_at_once_and_what_is_not_waits_for_its_time() -> None:
    now = monotonic()
    dues = [now - 3, now - 2, now - 1, now + 0.05]
    found = []
    for group in groups(dues, Event()):
        assert monotonic() >= group[-1]
        found.append(list(group))
    assert found == [dues[:3], dues[3:]]


def test_a_late_writer_takes_no_more_than_fits_one_transaction() -> None:
    dues = [0.0] * (2 * MOST_AT_ONCE + 1)
    assert [len(group) for group in groups(dues, Event())] == [MOST_AT_ONCE, MOST_AT_ONCE, 1]


def test_nothing_is_due_after_a_stop() -> None:
    stop = Event()
    stop.set()
    assert list(groups([0.0], stop)) == []


def test_each_operation_is_a_transaction_until_a_writer_is_late() -> None:
    assert transactions([[Delete(1), Delete(2)]]) == [[Delete(1)], [Delete(2)]]
    assert transactions([[Delete(1), Delete(2)], [Delete(3)]]) == [[Delete(1), Delete(2), Delete(3)]]


def test_an_order_is_due_when_it_was_due_and_not_when_its_group_was() -> None:
    plan = Plan(Random(1), CATALOGUE)
    steps = [plan.step() for _ in range(3)]
    assert list(due_by_number(steps, [1.0, 2.0, 3.0]).items()) == [(1, 1.0), (2, 2.0), (3, 3.0)]


def test_a_summary_adds_the_writers_up() -> None:
    one, other = Tally(reconnects=1), Tally(refused=2)
    one.committed([Delete(1)])
    one.late_seconds.append(0.001)
    other.committed([Delete(2), Delete(3)])
    other.late_seconds.extend([0.002, 0.5])
    summary = summarize([one, other], 1.5, 7, stopped=False)
    assert (summary.orders, summary.changes, summary.transactions) == (0, {"Delete": 3}, 2)
    assert (summary.reconnects, summary.refused, summary.seed) == (1, 2, 7)
    assert (summary.late_p50_ms, summary.late_p99_ms) == (2.0, 500.0)
