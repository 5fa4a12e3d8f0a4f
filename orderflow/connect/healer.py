"""Brings failed connectors back: Kafka Connect never does, and a task that starts while MySQL is away fails.

Run as `python -m orderflow.connect.healer`; it ends on SIGTERM. What cannot be read however often it is tried (a DDL
statement, a row image that is not whole) is given to Debezium's other grammar, or passed by a new snapshot; any other
cause is tried for ever with growing pauses. Everything it does is said in the log, with the cause.
"""

import logging
import signal
import time
from collections.abc import Callable
from threading import Event

from orderflow import environment
from orderflow.connect.apply import CONNECTORS, url
from orderflow.connect.binlog import Watch
from orderflow.connect.definitions import read_all
from orderflow.connect.errors import ConnectError
from orderflow.connect.flow import Flow
from orderflow.connect.healing import Healer
from orderflow.connect.rest import Rest
from orderflow.connect.rounds import Rounds

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 5.0

log = logging.getLogger("orderflow.healer")


def watch(look: Callable[[float], object], ended: Event) -> None:
    """Look again and again until `ended`; an outage of Connect itself is waited out."""
    away = ""
    while not ended.wait(LOOK_SECONDS):
        try:
            look(time.monotonic())
            away = ""
        except ConnectError as reason:  # Connect is down or busy: its supervisor brings it back, we look again
            if not away:
                log.warning("%s", reason)
            away = str(reason)


def main() -> None:
    """Heal until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.WARNING)
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    settings = environment.settings()
    definitions = {one.name: one for one in read_all(CONNECTORS)}
    healer = Healer(Rest(url(settings), PATIENCE_SECONDS), definitions)
    (captures,) = definitions
    log.info("watching %s at %s, and MySQL's binlog", captures, url(settings))
    watch(Rounds(healer, Watch(settings), Flow(settings), captures).make, ended)


if __name__ == "__main__":
    main()
