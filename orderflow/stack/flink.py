"""The two Flink processes: JobManager (which is the job, application mode) and TaskManager."""

from functools import partial
from typing import Any

import requests

from orderflow import connections
from orderflow.stack.place import Place
from orderflow.stack.service import Service

REST_SECONDS = 5


def services(stack: Place) -> tuple[Service, Service]:
    """Return JobManager and TaskManager."""
    settings = stack.settings
    jobmanager = {
        "FLINK_REST_PORT": settings.flink_rest_port,
        "FLINK_JOBMANAGER_RPC_PORT": settings.flink_jobmanager_rpc_port,
        "FLINK_BLOB_PORT": settings.flink_blob_port,
    }
    taskmanager = {
        "FLINK_TASKMANAGER_RPC_PORT": settings.flink_taskmanager_rpc_port,
        "FLINK_TASKMANAGER_DATA_PORT": settings.flink_taskmanager_data_port,
    }
    return _service(stack, "jobmanager", jobmanager), _service(stack, "taskmanager", taskmanager)


def url(stack: Place) -> str:
    """Return the address of Flink's REST API."""
    return f"http://{stack.settings.bind_address}:{stack.settings.flink_rest_port}"


def jobs(stack: Place) -> dict[str, str]:
    """Return the state of each job by name; raises requests.RequestException when Flink does not answer."""
    newest_last = sorted(_answer(stack, "/jobs/overview")["jobs"], key=lambda job: int(job["start-time"]))
    return {str(job["name"]): str(job["state"]) for job in newest_last}


def _answer(stack: Place, path: str) -> Any:
    answer = connections.http_get(url(stack) + path, REST_SECONDS)
    answer.raise_for_status()
    return answer.json()


def _service(stack: Place, role: str, ports: dict[str, int]) -> Service:
    return Service(
        name=f"flink-{role}",
        argv=(stack.python, "-m", "flink.start", role),
        awaited=partial(_awaited, stack, role),
        ports=ports,
        ready_seconds=180,
        stop_seconds=30,
    )


def _awaited(stack: Place, role: str) -> str | None:
    try:
        if role == "jobmanager":
            _answer(stack, "/overview")
            return None
        return _job_awaited(stack)
    except requests.RequestException:
        return f"Flink does not answer at {url(stack)}"


def _job_awaited(stack: Place) -> str | None:
    """A job is ready once every task has passed a checkpoint: RUNNING, it says long before its tasks do anything."""
    running = [str(job["id"]) for job in _answer(stack, "/jobs")["jobs"] if job["status"] == "RUNNING"]
    if not running:
        return f"the Flink job does not run yet: {jobs(stack) or 'no job'}"
    if not _answer(stack, f"/jobs/{running[0]}/checkpoints")["counts"]["completed"]:
        return "the Flink job has not completed a checkpoint since it started"
    return None
