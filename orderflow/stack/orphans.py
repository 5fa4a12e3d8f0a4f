"""Processes of a stack that no supervisor looks after: found by the mark in their environment."""

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from orderflow.stack.place import MARK, SERVICE, Place
from orderflow.stack.service import StackError
from orderflow.stack.services import services
from orderflow.stack.waiting import wait_until

GENTLE_SECONDS = 15
KILL_SECONDS = 10


def marked(stack: Place) -> dict[int, str]:
    """Return pid -> service of every living process that carries this stack's mark, ourselves left out."""
    wanted = f"{MARK}={stack.state}".encode()
    found = {pid: variables for pid in _pids() if (variables := _environment(pid)) and wanted in variables}
    return {pid: _service(variables) for pid, variables in found.items() if pid != os.getpid()}


def end(stack: Place) -> list[str]:
    """End every marked process, gently and then by force; returns their services. Raises StackError when one stays."""
    names = sorted(set(marked(stack).values()))
    gentle = {service.name: signal.Signals[f"SIG{service.stop_signal}"] for service in services(stack)}
    _signal(stack, gentle)
    with suppress(StackError):  # those that did not heed it are killed next
        wait_until(partial(_left, stack), GENTLE_SECONDS)
    _signal(stack, dict.fromkeys(names, signal.SIGKILL))
    wait_until(partial(_left, stack), KILL_SECONDS)
    return names


def _left(stack: Place) -> str | None:
    left = marked(stack)
    return ", ".join(f"{name} (pid {pid})" for pid, name in left.items()) + " still runs" if left else None


def _signal(stack: Place, signals: Mapping[str, signal.Signals]) -> None:
    for pid, name in marked(stack).items():
        with suppress(ProcessLookupError):  # it ended meanwhile
            os.kill(pid, signals.get(name, signal.SIGTERM))


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []  # it ended, or it is another user's


def _service(variables: list[bytes]) -> str:
    named = [entry.partition(b"=")[2].decode() for entry in variables if entry.startswith(SERVICE.encode() + b"=")]
    return named[0] if named else "?"
