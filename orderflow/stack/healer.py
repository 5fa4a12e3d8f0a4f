"""The healer: starts again what Kafka Connect leaves FAILED after an outage of MySQL."""

from orderflow.stack.place import Place
from orderflow.stack.service import Service


def service(stack: Place) -> Service:
    """Return the healer; it listens nowhere and waits for Connect by itself."""
    return Service(
        name="healer",
        argv=(stack.python, "-m", "orderflow.connect.healer"),
        awaited=_nothing_awaited,
        stop_seconds=10,
    )


def _nothing_awaited() -> None:
    return None
