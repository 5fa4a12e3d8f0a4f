"""Waits: for a condition, with a deadline, saying what was awaited."""

import time
from collections.abc import Callable
from threading import Event

from orderflow.stack.service import StackError

PAUSE_SECONDS = 0.2


def wait_until(awaited: Callable[[], str | None], seconds: float, cancelled: Event | None = None) -> None:
    """Return when `awaited` returns None; raises StackError with what was missing last after `seconds`."""
    stop = cancelled or Event()
    deadline = time.monotonic() + seconds
    while (missing := awaited()) is not None:
        if time.monotonic() > deadline:
            raise StackError(f"waited {seconds:.0f} s: {missing}")
        if stop.wait(PAUSE_SECONDS):
            raise StackError("interrupted")
