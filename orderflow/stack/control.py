"""One service: its pid, start, stop, kill. Each returns when it is done."""

import os
import signal
from functools import partial
from xmlrpc.client import Fault

from orderflow.stack import supervisor
from orderflow.stack.place import Place
from orderflow.stack.service import Service, StackError
from orderflow.stack.services import services
from orderflow.stack.waiting import wait_until

STOP_MARGIN_SECONDS = 10


def service(stack: Place, name: str) -> Service:
    """Return the declared service of that name; raises StackError listing the names there are."""
    declared = {one.name: one for one in services(stack)}
    if name not in declared:
        raise StackError(f"there is no service {name}: choose from {', '.join(declared)}")
    return declared[name]


def pid(stack: Place, name: str) -> int | None:
    """Return the service's process id, None when it does not run."""
    record = supervisor.processes(stack).get(name, {})
    return int(record.get("pid", 0)) or None


def start(stack: Place, name: str) -> None:
    """Start the service and wait until it is ready; raises StackError naming what was awaited."""
    wanted = service(stack, name)
    launch(stack, wanted)
    wait_until(wanted.awaited, wanted.ready_seconds)


def launch(stack: Place, wanted: Service) -> None:
    """Start the service unless it runs; returns before it is ready. One that waits for its next try is tried now."""
    wait_until(partial(_stopping, stack, wanted.name), wanted.stop_seconds + STOP_MARGIN_SECONDS)
    state = _state(stack, wanted.name)
    if state in ("STARTING", "RUNNING"):
        return
    if state == "BACKOFF":
        stop(stack, wanted.name)
    wanted.prepare()
    try:
        supervisor.calls(stack).startProcess(wanted.name, False)
    except Fault as refused:
        raise StackError(f"{wanted.name} could not be started: {refused.faultString}") from None


def stop(stack: Place, name: str) -> None:
    """Stop the service and wait until it has ended; does nothing when it does not run."""
    if _state(stack, name) in (*supervisor.ALIVE, "STOPPING"):
        try:
            supervisor.calls(stack).stopProcess(name, True)
        except Fault as refused:
            if "NOT_RUNNING" not in refused.faultString:
                raise StackError(f"{name} could not be stopped: {refused.faultString}") from None


def kill(stack: Place, name: str) -> int:
    """End the service as `kill -9` does, wait until the supervisor has a new process for it, and return the old pid."""
    old = pid(stack, name)
    if old is None:
        raise StackError(f"{name} does not run")
    os.kill(old, signal.SIGKILL)
    wait_until(partial(_not_replaced, stack, name, old), 60)
    return old


def _state(stack: Place, name: str) -> str:
    return str(supervisor.processes(stack).get(name, {}).get("statename", ""))


def _stopping(stack: Place, name: str) -> str | None:
    return f"{name} is still being stopped" if _state(stack, name) == "STOPPING" else None


def _not_replaced(stack: Place, name: str, old: int) -> str | None:
    return None if pid(stack, name) not in (None, old) else f"the supervisor has not started {name} again"
