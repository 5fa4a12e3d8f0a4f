"""The Faust workers that share the partitions of mysql-orders."""

from functools import partial

import requests

from orderflow import connections
from orderflow.stack.place import Place
from orderflow.stack.service import Service

CONNECT_SECONDS = 2


def services(stack: Place) -> tuple[Service, ...]:
    """Return STREAMS_WORKERS workers, counted from 1."""
    return tuple(_worker(stack, number) for number in range(1, stack.settings.streams_workers + 1))


def metrics_port(stack: Place, number: int) -> int:
    """Return the port where worker `number`, counted from 1, shows its metrics."""
    return stack.settings.streams_metrics_port + number - 1


def _worker(stack: Place, number: int) -> Service:
    return Service(
        name=f"streams-{number}",
        argv=(stack.python, "-m", "streams", "--worker", str(number)),
        awaited=partial(_awaited, stack, number),
        ports={"STREAMS_METRICS_PORT": metrics_port(stack, number)},
        stop_seconds=15,
    )


def _awaited(stack: Place, number: int) -> str | None:
    address = f"http://{stack.settings.bind_address}:{metrics_port(stack, number)}/metrics"
    try:
        connections.http_get(address, CONNECT_SECONDS).raise_for_status()
    except requests.RequestException:
        return f"worker {number} does not answer at {address}"
    return None
