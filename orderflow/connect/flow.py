"""Whether anything comes from the capture, seen at both of its ends."""

import logging
from contextlib import closing
from typing import Any

import pymysql
from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from orderflow import connections
from orderflow.connect.binlog import capture_user
from orderflow.connect.deaf import Deaf
from orderflow.core.settings import Settings
from orderflow.core.topics import CAPTURED_TABLES

FLOW_SECONDS = 5.0
"""Between two looks."""

CAPTURED = [
    TopicPartition(topic.name, number)
    for topic in {topic.name: topic for topic in CAPTURED_TABLES.values()}.values()
    for number in range(topic.partitions)
]
"""All of them: a snapshot of many customers brings no order for long."""

log = logging.getLogger("orderflow.healer")


class Flow:
    """What MySQL's clock wrote last, and where the captured topics end; asks little, so it may be asked often."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._deaf = Deaf()
        self._reader: Any = None
        self._due = float("-inf")

    def stands(self, running: bool, now: float) -> bool:
        """Say whether a connector that runs has brought nothing for a minute while the source ticks.

        False where a server does not answer.
        """
        if not running:
            self._deaf.begin_anew()
        if not running or now < self._due:
            return False
        self._due = now + FLOW_SECONDS
        try:
            return self._deaf.notices(self._ticked(), self._arrived(), now)
        except (pymysql.MySQLError, KafkaError) as away:  # what is away is brought back by its supervisor
            self._deaf, self._reader = Deaf(), None
            log.debug("the flow cannot be seen: %s", away)
            return False

    def _ticked(self) -> object:
        with closing(capture_user(self._settings)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT MAX(ticked_at) FROM shop.order_ticks")
            return cursor.fetchone()

    def _arrived(self) -> object:
        if self._reader is None:
            self._reader = connections.kafka_reader(self._settings)
        return sum(self._reader.end_offsets(CAPTURED).values())
