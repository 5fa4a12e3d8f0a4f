"""The few calls of Flink's REST interface that start and stop need."""

from typing import Any

import requests

REQUEST_SECONDS = 10


class FlinkRest:
    """One JobManager; every call raises requests.RequestException when it does not answer or answers an error."""

    def __init__(self, host: str, port: int) -> None:
        self._base = f"http://{host}:{port}"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the shell leads away from this machine

    def running_job(self) -> str | None:
        """Return the id of the job that is not in a final state, if there is one."""
        final = ("FINISHED", "CANCELED", "FAILED", "SUSPENDED")
        jobs = self._get("/jobs")["jobs"]
        return next((str(job["id"]) for job in jobs if job["status"] not in final), None)

    def job_state(self, job: str) -> str:
        """Return RUNNING, FINISHED, .. of `job`."""
        return str(self._get(f"/jobs/{job}")["state"])

    def stop_with_savepoint(self, job: str, folder: str) -> str:
        """Ask for a stop with a savepoint under `folder`, a URI; return the request's id."""
        # the backend's own format: the canonical one takes minutes to write and to read at a few million orders
        body = {"targetDirectory": folder, "drain": False, "formatType": "NATIVE"}
        answer = self._session.post(f"{self._base}/jobs/{job}/stop", json=body, timeout=REQUEST_SECONDS)
        answer.raise_for_status()
        return str(answer.json()["request-id"])

    def savepoint(self, job: str, request: str) -> tuple[bool, str | None, str | None]:
        """Return (done, where, failure) of a savepoint request."""
        answer = self._get(f"/jobs/{job}/savepoints/{request}")
        operation = answer.get("operation") or {}
        failure = operation.get("failure-cause")
        done = answer["status"]["id"] == "COMPLETED"
        return done, operation.get("location"), failure and str(failure.get("stack-trace", failure))[:2000]

    def completed_checkpoints(self, job: str) -> int:
        """Return how many checkpoints `job` has completed since it started."""
        return int(self._get(f"/jobs/{job}/checkpoints")["counts"]["completed"])

    def failures(self, job: str) -> list[str]:
        """Return the texts of the newest failures of `job`."""
        history = self._get(f"/jobs/{job}/exceptions")["exceptionHistory"]["entries"]
        return [str(entry["stacktrace"]) for entry in history]

    def _get(self, path: str) -> Any:
        answer = self._session.get(self._base + path, timeout=REQUEST_SECONDS)
        answer.raise_for_status()
        return answer.json()
