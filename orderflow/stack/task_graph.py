"""Steps that depend on each other, run at the same time where they can."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event

Report = Callable[[str, str, float], None]
"""Told of (step, "started" | "ready" | the error's text, seconds)."""


@dataclass(frozen=True)
class Step:
    """`run` gets an event that is set when the whole is given up; it raises to fail."""

    name: str
    needs: tuple[str, ...]
    run: Callable[[Event], None]


def run_all(steps: Iterable[Step], report: Report) -> None:
    """Run every step after those it needs (names outside `steps` count as done); raises the first step's exception.

    On an exception, an interrupt included, the steps under way are told to give up and awaited.
    """
    waiting = {step.name: step for step in steps}
    under_way: dict[Future[None], str] = {}
    cancelled = Event()
    with ThreadPoolExecutor(max_workers=len(waiting) or 1) as pool:
        try:
            while waiting or under_way:
                for step in _free(waiting, set(under_way.values())):
                    under_way[pool.submit(_timed, waiting.pop(step.name), cancelled, report)] = step.name
                finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for done in finished:
                    under_way.pop(done)
                    done.result()
        finally:
            cancelled.set()


def _free(waiting: dict[str, Step], under_way: set[str]) -> list[Step]:
    unfinished = waiting.keys() | under_way
    return [step for step in waiting.values() if unfinished.isdisjoint(step.needs)]


def _timed(step: Step, cancelled: Event, report: Report) -> None:
    began = time.monotonic()
    report(step.name, "started", 0.0)
    try:
        step.run(cancelled)
    except Exception as failure:
        report(step.name, str(failure), time.monotonic() - began)
        raise
    report(step.name, "ready", time.monotonic() - began)
