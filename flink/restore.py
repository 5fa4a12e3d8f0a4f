"""Sees a restore through: a state that tasks cannot read fails again and again, and Flink alone would try for ever."""

import time
from collections.abc import Callable

import requests

from flink.rest import FlinkRest

UNREADABLE = "Exception while creating StreamOperatorStateContext"
"""What Flink says, whatever the cause, when a task cannot take over its saved state."""

PATIENCE = 2
"""Failed tries to read the state that end the job."""

POLL_SECONDS = 1.0


class RestoreError(Exception):
    """The saved state cannot be read; two such failures make the start wrapper take an older one."""


def see_through(rest: FlinkRest, job: str, pause: Callable[[float], None] = time.sleep) -> None:
    """Return once `job` has a checkpoint of its own or the JobManager is gone; raises RestoreError."""
    while True:
        try:
            if rest.completed_checkpoints(job):
                return
            unreadable = [text for text in rest.failures(job) if UNREADABLE in text]
        except requests.Timeout:
            unreadable = []  # a busy JobManager: ask again
        except requests.RequestException:
            return  # no JobManager, or another one's job: nothing is left to see through
        if len(unreadable) >= PATIENCE:
            raise RestoreError(f"the saved state cannot be read: {unreadable[0]}")
        pause(POLL_SECONDS)
