"""One writer's share of an open-loop schedule: what is due does not wait for what came before it."""

from collections.abc import Iterator, Sequence
from threading import Event
from time import monotonic

from orderflow.load.operations import Operation, Place
from orderflow.load.plan import Plan
from orderflow.load.session import Outcome
from orderflow.load.writer import Writer

MOST_AT_ONCE = 100
"""Steps that a late writer puts into one transaction."""


def run(plan: Plan, writer: Writer, dues: Sequence[float], stop: Event) -> None:
    """Run one step of the plan per due time (monotonic seconds, ascending), until `stop`."""
    for group in groups(dues, stop):
        steps = [plan.step() for _ in group]
        due = due_by_number(steps, group)
        for operations in transactions(steps):
            if writer.write(operations, due) is Outcome.STOPPED:
                return


def due_by_number(steps: Sequence[Sequence[Operation]], dues: Sequence[float]) -> dict[int, float]:
    """Return when each placed order was due: an order that waited behind others is late by all of that."""
    return {
        operation.number: due
        for step, due in zip(steps, dues, strict=True)
        for operation in step
        if isinstance(operation, Place)
    }


def groups(dues: Sequence[float], stop: Event) -> Iterator[Sequence[float]]:
    """Wait for the next due time, then yield it together with all that are due by then."""
    first = 0
    while first < len(dues) and not stop.wait(max(0.0, dues[first] - monotonic())):
        now, last = monotonic(), first + 1
        while last < len(dues) and last - first < MOST_AT_ONCE and dues[last] <= now:
            last += 1
        yield dues[first:last]
        first = last


def transactions(steps: Sequence[Sequence[Operation]]) -> list[list[Operation]]:
    """On time, each operation is a transaction of its own; a writer that is late puts all it owes into one."""
    if len(steps) == 1:
        return [[operation] for operation in steps[0]]
    return [[operation for step in steps for operation in step]]
