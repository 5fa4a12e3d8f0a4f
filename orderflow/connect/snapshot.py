"""A new snapshot: forget the place in the binlog, read all tables as they are now, go on behind that.

It is the way out of everything that a connector cannot read, and what mends rows that its events got wrong. No order is
lost by it: what happened meanwhile is in the tables, and the marker at its end removes the orders that are gone.
"""

import time
from collections.abc import Callable

from orderflow.connect.errors import ConnectError
from orderflow.connect.rest import Rest

STOP_SECONDS = 60
PAUSE_SECONDS = 0.2

Progress = Callable[[str], None]


def begin(rest: Rest, name: str, progress: Progress, seconds: float = STOP_SECONDS) -> None:
    """Let the connector begin a new snapshot, whatever state it is in; raises ConnectError.

    Whatever interrupts this may call it again: a stopped connector without offsets is only resumed.
    """
    progress(f"stopping {name}")
    rest.stop(name)
    try:
        _wait_until_stopped(rest, name, seconds)
        progress("forgetting its place in the binlog")
        _forget(rest, name, seconds)
    finally:
        rest.resume(name)  # with its offsets left, it goes on where it stood
    progress("reading every captured table anew; the shop goes on meanwhile, nothing is locked")


def _wait_until_stopped(rest: Rest, name: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (seen := rest.state(name)).state != "STOPPED" or seen.tasks:
        if time.monotonic() > deadline:
            raise ConnectError(f"waited {seconds:.0f} s until {name} stops: {seen.summary}")
        time.sleep(PAUSE_SECONDS)


def _forget(rest: Rest, name: str, seconds: float) -> None:
    """Connect refuses while the last task is still on its way out."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return rest.forget_offsets(name)
        except ConnectError:
            if time.monotonic() > deadline:
                raise
        time.sleep(PAUSE_SECONDS)
