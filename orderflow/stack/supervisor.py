"""The supervisor: starting it, and talking to it over its unix socket."""

import http.client
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast
from xmlrpc.client import Fault, ProtocolError, ServerProxy, Transport

from orderflow.stack.place import Place
from orderflow.stack.service import StackError
from orderflow.stack.services import services
from orderflow.stack.supervisord_conf import render, variables, variables_file
from orderflow.stack.waiting import wait_until

START_SECONDS = 20
STOP_SECONDS = 30
CALL_SECONDS = 180

ALIVE = ("STARTING", "RUNNING", "BACKOFF")
"""Supervisor's states of a process that it keeps going."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=CALL_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CALL_SECONDS)
        self.sock.connect(str(self._path))


class _UnixTransport(Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: object) -> http.client.HTTPConnection:
        return _UnixConnection(self._path)


def calls(stack: Place) -> Any:
    """Return supervisor's XML-RPC interface; a call raises OSError when none answers, Fault when it refuses."""
    path = stack.socket("supervisor.sock")
    return ServerProxy("http://localhost/RPC2", transport=_UnixTransport(path), allow_none=True).supervisor


def running(stack: Place) -> bool:
    """Say whether this stack's supervisor answers."""
    try:
        return cast(dict[str, int], calls(stack).getState())["statecode"] == 1
    except (OSError, ProtocolError, http.client.HTTPException):
        return False


def processes(stack: Place) -> dict[str, dict[str, Any]]:
    """Return supervisor's record of each process by name (statename, pid, start, now); empty when it does not run."""
    try:
        records = cast(list[dict[str, Any]], calls(stack).getAllProcessInfo())
    except (OSError, Fault, http.client.HTTPException):
        return {}
    return {str(record["name"]): record for record in records}


def alive(stack: Place) -> set[str]:
    """Return the services that run or are being started again."""
    return {name for name, record in processes(stack).items() if record["statename"] in ALIVE}


def ensure(stack: Place, stop: Callable[[set[str]], None]) -> set[str]:
    """Start the supervisor, or let the running one take over what has changed; `stop` ends services in good order.

    Returns the services that were stopped because their settings changed; raises StackError.
    """
    _write(stack.conf("supervisord.conf"), render(stack, services(stack)))
    if running(stack):
        return _update(stack, stop)
    _write_variables(stack)
    _start(stack)
    return set()


def _start(stack: Place) -> None:
    stack.socket("supervisor.sock").unlink(missing_ok=True)
    conf = stack.conf("supervisord.conf")
    started = subprocess.run(
        [sys.executable, "-m", "orderflow.stack.supervisord", "-c", str(conf)],
        env=stack.variables("supervisor"),
        capture_output=True,
        text=True,
        check=False,
    )
    if started.returncode:
        raise StackError(f"supervisord did not start: {(started.stdout + started.stderr).strip()[-500:]}")
    wait_until(partial(_silent, stack), START_SECONDS)


def _silent(stack: Place) -> str | None:
    return None if running(stack) else f"the supervisor does not answer; its log: {stack.log('supervisord')}"


def _write_variables(stack: Place) -> None:
    for service in services(stack):
        _write(variables_file(stack, service.name), variables(stack, service))


def _write(file: Path, text: str) -> None:
    """Replace the file as a whole; only its owner may read it."""
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(file)


def _update(stack: Place, stop: Callable[[set[str]], None]) -> set[str]:
    """Take over added, changed and removed services; a changed one is stopped, its next start has the new settings."""
    supervisor, ran = calls(stack), alive(stack)
    added, changed, removed = supervisor.reloadConfig()[0]
    stop(ran & {*changed, *removed})
    for name in (*changed, *removed):
        supervisor.removeProcessGroup(name)
    # only now: until here the services ran, and their job was stopped, with the old ones
    _write_variables(stack)
    for name in (*added, *changed):
        supervisor.addProcessGroup(name)
    return ran & set(changed)
