"""Kafka Connect's REST API, typed: one method a call, patient while the worker rebalances or is away for a moment."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests

from orderflow import connections
from orderflow.connect import states
from orderflow.connect.errors import ConnectError

ANSWER_SECONDS = 30
"""One call: validating a connector opens a connection to its database."""

PAUSE_SECONDS = 0.3


class Rest:
    """The API at `url`. Every call is tried again until `patience` seconds have passed, all are safe to repeat."""

    def __init__(self, url: str, patience: float = 60, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._url = url
        self._patience = patience
        self._answer_seconds = answer_seconds
        self._session = connections.http_session()

    def names(self) -> list[str]:
        """Return the names of all connectors."""
        return [str(name) for name in self._json("GET", "/connectors")]

    def config(self, name: str) -> dict[str, str] | None:
        """Return the connector's configuration, placeholders unresolved, or None when there is no such connector."""
        answer = self._call("GET", f"/connectors/{quote(name)}/config")
        return None if answer.status_code == HTTPStatus.NOT_FOUND else _read(answer)

    def state(self, name: str) -> states.ConnectorState:
        """Return the connector's state and its tasks'."""
        answer = self._call("GET", f"/connectors/{quote(name)}/status")
        return states.missing(name) if answer.status_code == HTTPStatus.NOT_FOUND else states.parse(_read(answer))

    def put(self, name: str, config: Mapping[str, str]) -> None:
        """Create the connector or give it this configuration."""
        self._json("PUT", f"/connectors/{quote(name)}/config", config)

    def restart_failed(self, name: str) -> None:
        """Start the connector and its tasks again, those that failed."""
        self._json("POST", f"/connectors/{quote(name)}/restart?includeTasks=true&onlyFailed=true")

    def restart(self, name: str) -> None:
        """Start the connector and every one of its tasks again, though they seem to run."""
        self._json("POST", f"/connectors/{quote(name)}/restart?includeTasks=true&onlyFailed=false")

    def resume(self, name: str) -> None:
        """Let a paused or stopped connector run; one that runs is left alone."""
        self._json("PUT", f"/connectors/{quote(name)}/resume")

    def stop(self, name: str) -> None:
        """End the connector's tasks; its configuration and its offsets stay."""
        self._json("PUT", f"/connectors/{quote(name)}/stop")

    def offsets(self, name: str) -> dict[str, Any]:
        """Return the source offset that Connect committed last, empty when there is none."""
        found = self._json("GET", f"/connectors/{quote(name)}/offsets")["offsets"]
        return dict(found[0]["offset"]) if found else {}

    def forget_offsets(self, name: str) -> None:
        """Forget a stopped connector's place in the binlog."""
        self._json("DELETE", f"/connectors/{quote(name)}/offsets")

    def configs(self) -> dict[str, dict[str, str]]:
        """Return every connector's configuration by name, placeholders unresolved."""
        found = self._json("GET", "/connectors?expand=info")
        return {str(name): dict(entry["info"]["config"]) for name, entry in found.items()}

    def problems(self, name: str, config: Mapping[str, str]) -> list[str]:
        """Return what Connect finds wrong with the configuration; it tries the connection to the database, too."""
        kind = quote(config["connector.class"])
        found = self._json("PUT", f"/connector-plugins/{kind}/config/validate", {**config, "name": name})
        values = [entry["value"] or {} for entry in found["configs"]]
        told = [f"{value['name']}: {error}" for value in values for error in value.get("errors", ())]
        return list(dict.fromkeys(told))

    def _json(self, verb: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        return _read(self._call(verb, path, body))

    def _call(self, verb: str, path: str, body: Mapping[str, str] | None = None) -> requests.Response:
        deadline = time.monotonic() + self._patience
        while True:
            answer, reason = self._try(verb, path, body)
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                raise ConnectError(f"waited {self._patience:.0f} s for Kafka Connect at {self._url}: {reason}")
            time.sleep(PAUSE_SECONDS)

    def _try(self, verb: str, path: str, body: Mapping[str, str] | None) -> tuple[requests.Response | None, str]:
        """Return an answer, or None and why it is worth asking again."""
        try:
            answer = self._session.request(verb, self._url + path, json=body, timeout=self._answer_seconds)
        except (requests.ConnectionError, requests.Timeout) as away:
            return None, f"it does not answer ({type(away).__name__}); see `orderflow logs connect`"
        if _passing(answer):
            return None, f"it is busy: {_message(answer)}"
        return answer, ""


def _passing(answer: requests.Response) -> bool:
    """A rebalance is a conflict, a slow worker timed out, one that starts answers 404 in its web server's words."""
    if answer.status_code in (HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE):
        return True
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return "json" not in answer.headers.get("Content-Type", "")
    return answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR and "timed out" in _message(answer).lower()


def _read(answer: requests.Response) -> Any:
    if not answer.ok:
        raise ConnectError(f"Kafka Connect refused {answer.request.method} {answer.url}: {_message(answer)}")
    try:
        return answer.json() if answer.content else None
    except ValueError:
        raise ConnectError(f"{answer.url} answers no JSON: is this Kafka Connect? {answer.text[:200]}") from None


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):  # no error of Connect's own: show what came
        return f"{answer.status_code} {answer.text[:300]}"
