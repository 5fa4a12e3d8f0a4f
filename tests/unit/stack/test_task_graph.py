from threading import Barrier, Event

import pytest

from orderflow.stack.task_graph import Step, run_all


def report_nothing(name: str, event: str, seconds: float) -> None:
    pass


def test_a_step_runs_after_those_it_needs() -> None:
    order: list[str] = []
    steps = [
        Step("c", ("b",), lambda _: order.append("c")),
        Step("b", ("a",), lambda _: order.append("b")),
        Step("a", (), lambda _: order.append("a")),
    ]
    run_all(steps, report_nothing)
    assert order == ["a", "b", "c"]


def test_independent_steps_run_at_the_same_time() -> None:
    both = Barrier(2, timeout=5)
    run_all([Step("a", (), lambda _: meet(both)), Step("b", (), lambda _: meet(both))], report_nothing)
    assert not both.broken


def meet(barrier: Barrier) -> None:
    barrier.wait()


def test_needs_outside_the_chosen_steps_count_as_done() -> None:
    ran: list[str] = []
    run_all([Step("flink", ("kafka",), lambda _: ran.append("flink"))], report_nothing)
    assert ran == ["flink"]


def test_a_failure_ends_the_steps_under_way_and_starts_no_other() -> None:
    told: list[tuple[str, str]] = []
    gave_up = Event()

    def fail(_: Event) -> None:
        raise RuntimeError("no disk")

    def wait_long(cancelled: Event) -> None:
        assert cancelled.wait(5)
        gave_up.set()

    steps = [Step("a", (), fail), Step("b", (), wait_long), Step("c", ("a",), lambda _: told.append(("c", "ran")))]
    with pytest.raises(RuntimeError, match="no disk"):
        run_all(steps, lambda name, event, seconds: told.append((name, event)))
    assert gave_up.is_set()
    assert ("a", "no disk") in told
    assert not [entry for entry in told if entry[0] == "c"]
