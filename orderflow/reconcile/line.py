"""What Kafka knows of the line's progress: processed ticks, and the offsets that Flink has stored everything up to."""

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
    """Reads on from the newest ticks; opens its connections at first use, and anew after a failure."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader: Any = None
        self._admin: Any = None

    def ticks(self, seconds: float) -> list[Tick]:
        """Return the ticks that come within this time, at once with the first; raises kafka.errors.KafkaError."""
        if self._reader is None:
            self._reader = connections.kafka_reader(self._settings)
            _seek_newest(self._reader)
        batches = self._reader.poll(timeout_ms=int(seconds * 1000))
        values = [record.value for records in batches.values() for record in records if record.value is not None]
        return [msgspec.json.decode(value, type=Tick) for value in values]

    def stored(self) -> dict[int, int]:
        """Return Flink's committed offsets in processed-orders by partition; raises kafka.errors.KafkaError."""
        group = self._settings.flink_group
        self._admin = self._admin or connections.kafka_admin(self._settings)
        offsets = self._admin.list_group_offsets({group: None})[group]
        return {
            partition.partition: found.offset
            for partition, found in offsets.items()
            if partition.topic == PROCESSED_ORDERS.name
        }

    def close(self) -> None:
        """Close the connections."""
        for client in (self._reader, self._admin):
            if client is not None:
                client.close()
        self._reader = self._admin = None


def _seek_newest(reader: Any) -> None:
    partitions = [TopicPartition(PROCESSED_TICKS.name, partition) for partition in range(PARTITIONS)]
    first, end = reader.beginning_offsets(partitions), reader.end_offsets(partitions)
    reader.assign(partitions)
    for partition in partitions:
        reader.seek(partition, max(first[partition], end[partition] - RECENT))
