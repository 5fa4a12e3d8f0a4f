"""A worker that was frozen must not go on: by then another may own its partitions."""

import os
import sys
import time

EXIT_CODE = 75


class Lease:
    """Time since the last sign of life, by a clock that also runs while the machine sleeps."""

    def __init__(self, session_seconds: float) -> None:
        """Allow a pause of 0.8 of the consumer group's session timeout."""
        self.longest = 0.8 * session_seconds
        self.renew()

    def renew(self) -> None:
        """Start counting again: a new assignment is a new lease."""
        self.seen = _now()

    def check(self) -> None:
        """End the process at once if it stood still too long; a clean exit would still flush its queue."""
        now = _now()
        pause = now - self.seen
        if pause > self.longest:
            print(
                f"lease lost: the worker stood still for {pause:.1f} s; exit {EXIT_CODE}", file=sys.stderr, flush=True
            )
            os._exit(EXIT_CODE)
        self.seen = now


def _now() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
