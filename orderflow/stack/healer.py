"""The healer: brings back what Kafka Connect leaves FAILED, and has read anew what MySQL undid."""

from functools import partial

from orderflow.stack.place import Place
from orderflow.stack.service import Service


def service(stack: Place) -> Service:
    """Return the healer; it listens nowhere and waits for Connect by itself."""
    return Service(
        name="healer",
        argv=(stack.python, "-m", "orderflow.connect.healer"),
        awaited=partial(_awaited, stack),
        stop_seconds=10,
    )


def _awaited(stack: Place) -> str | None:
    """It has no port to ask: supervisor calls a process RUNNING that has not ended in its first seconds."""
    from orderflow.stack import supervisor  # here, for the supervisor imports every service

    state = supervisor.processes(stack).get("healer", {}).get("statename", "not there")
    return None if state == "RUNNING" else f"the healer is {state}"
