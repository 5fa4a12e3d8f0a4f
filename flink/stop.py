"""`python -m flink.stop`: stop the job with a savepoint. The processes stay: whoever supervises them ends them."""

import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import requests

from flink.folders import folders
from flink.rest import FlinkRest
from orderflow.core.settings import SettingsError, load

SECONDS = 25.0
T = TypeVar("T")


class StopError(Exception):
    """The job did not stop with a savepoint; the next start takes the newest checkpoint instead."""


def stop(rest: FlinkRest, savepoints: str, seconds: float = SECONDS) -> str | None:
    """Return the savepoint of the job that ran, None when none ran; raises StopError or requests.RequestException."""
    job = rest.running_job()
    if job is None:
        return None
    request = rest.stop_with_savepoint(job, savepoints)
    place = _wait("the savepoint", seconds, lambda: _savepoint(rest, job, request))
    _wait("the job to be FINISHED", seconds, lambda: _finished(rest, job) or None)
    return place


def _savepoint(rest: FlinkRest, job: str, request: str) -> str | None:
    done, place, failure = rest.savepoint(job, request)
    if failure:
        raise StopError(f"the savepoint failed: {failure}")
    return place if done else None


def _finished(rest: FlinkRest, job: str) -> bool:
    try:
        return rest.job_state(job) == "FINISHED"
    except requests.ConnectionError:
        return True  # the savepoint is complete, and the JobManager of a finished job may have ended by itself


def _wait(what: str, seconds: float, look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.2)
    raise StopError(f"waited {seconds:.0f} s for {what}")


def main() -> int:
    """Exit code 0 stopped or nothing ran, 1 with the reason on standard error."""
    try:
        settings = load(os.environ)
        rest = FlinkRest(settings.flink_jobmanager_host, settings.flink_rest_port)
        place = stop(rest, folders(settings, "jobmanager").savepoints.as_uri())
    except (SettingsError, StopError, requests.RequestException) as problem:
        print(f"flink.stop: {problem}", file=sys.stderr)
        return 1
    print(f"flink.stop: {place}" if place else "flink.stop: no job was running")
    return 0


if __name__ == "__main__":
    sys.exit(main())
