"""The two Flink processes: JobManager (which is the job, application mode) and TaskManager."""

from functools import partial

import requests

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
    answer = requests.get(url(stack) + "/jobs/overview", timeout=REST_SECONDS)
    answer.raise_for_status()
    newest_last = sorted(answer.json()["jobs"], key=lambda job: int(job["start-time"]))
    return {str(job["name"]): str(job["state"]) for job in newest_last}


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
        overview = requests.get(url(stack) + "/overview", timeout=REST_SECONDS)
        running = list(jobs(stack).values()) if overview.ok else []
    except requests.RequestException:
        return f"Flink does not answer at {url(stack)}"
    if role == "jobmanager" or (overview.ok and overview.json()["taskmanagers"] > 0 and "RUNNING" in running):
        return None
    return f"the Flink job does not run yet: {running or 'no job'}"
