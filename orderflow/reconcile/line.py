"""What Kafka knows of the line's progress: processed ticks, and the offsets that Flink has stored everything up to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.core.messages import Tick
from orderflow.core.settings import Settings
from orderflow.core.topics import PARTITIONS, PROCESSED_ORDERS, PROCESSED_TICKS

RECENT = 8
"""Records per partition to start from: the newest tick may be all there is for a second."""


class Line:
    """Reads on from the newest ticks."""

    def __init__(self, reader: Any, admin: Any, flink_group: str) -> None:
        self._reader, self._admin, self._group = reader, admin, flink_group
        partitions = [TopicPartition(PROCESSED_TICKS.name, partition) for partition in range(PARTITIONS)]
        first, end = reader.beginning_offsets(partitions), reader.end_offsets(partitions)
        reader.assign(partitions)
        for partition in partitions:
            reader.seek(partition, max(first[partition], end[partition] - RECENT))

    def ticks(self, seconds: float) -> list[Tick]:
        """Return the ticks that come within this time; returns with the first ones."""
        batches = self._reader.poll(timeout_ms=int(seconds * 1000))
        values = [record.value for records in batches.values() for record in records if record.value is not None]
        return [msgspec.json.decode(value, type=Tick) for value in values]

    def stored(self) -> dict[int, int]:
        """Return Flink's committed offsets in processed-orders by partition; without those it never committed."""
        offsets = self._admin.list_group_offsets({self._group: None})[self._group]
        return {
            partition.partition: found.offset
            for partition, found in offsets.items()
            if partition.topic == PROCESSED_ORDERS.name
        }


@contextmanager
def line(settings: Settings) -> Iterator[Line]:
    """Connect to Kafka; raises kafka.errors.KafkaError."""
    reader, admin = connections.kafka_reader(settings), None
    try:
        admin = connections.kafka_admin(settings)
        yield Line(reader, admin, settings.flink_group)
    finally:
        reader.close()
        if admin is not None:
            admin.close()
