"""Starts failed connectors and tasks again: Kafka Connect never does, and a task that starts while MySQL is away fails.

Run as `python -m orderflow.connect.healer`; it ends on SIGTERM. A cause that stays is tried for ever, some times a
minute, and said in the log each time.
"""

import logging
import signal
import time
from threading import Event

from orderflow import environment
from orderflow.connect.apply import url
from orderflow.connect.backoff import Backoff
from orderflow.connect.errors import ConnectError
from orderflow.connect.rest import Rest
from orderflow.connect.states import ConnectorState

LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 5.0

log = logging.getLogger("orderflow.healer")


def heal(rest: Rest, backoff: Backoff, now: float) -> list[ConnectorState]:
    """Look at every connector once, start again what failed and is due; return those that were started."""
    started = []
    for seen in [rest.state(name) for name in rest.names()]:
        if seen.failed and backoff.due(seen.name, now):
            rest.restart_failed(seen.name)
            started.append(seen)
        elif seen.running:
            backoff.runs(seen.name, now)
    return started


def watch(rest: Rest, ended: Event) -> None:
    """Heal until `ended`; an outage of Connect itself is waited out."""
    backoff = Backoff()
    away = ""
    while not ended.wait(LOOK_SECONDS):
        try:
            for seen in heal(rest, backoff, time.monotonic()):
                log.warning("started again: %s: %s", seen.summary, seen.cause)
            away = ""
        except ConnectError as reason:  # Connect is down or busy: its supervisor brings it back, we look again
            if not away:
                log.warning("%s", reason)
            away = str(reason)


def main() -> None:
    """Heal until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    settings = environment.settings()
    log.info("watching the connectors at %s", url(settings))
    watch(Rest(url(settings), PATIENCE_SECONDS), ended)


if __name__ == "__main__":
    main()
