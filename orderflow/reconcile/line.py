"""What Kafka knows of the line's progress: processed ticks, and the offsets that Flink has stored everything up to."""

from typing import Any

import msgspec
from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections, stored
from orderflow.connections import Postgres
from orderflow.core.messages import Tick
from orderflow.core.settings import Settings
from orderflow.core.topics import PARTITIONS, PROCESSED_TICKS

RECENT = 8
"""Records per partition to start from: the newest tick may be all there is for a second."""

_tick = msgspec.json.Decoder(Tick)


class Line:
    """Reads on from the newest ticks; opens its connections at first use, and anew after a failure."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader: Any = None
        self._admin: Any = None
        self._postgres: Postgres | None = None
        self.build: str | None = None
        """The build of PostgreSQL's tables that `stored` looked at last."""

    def ticks(self, seconds: float) -> list[Tick]:
        """Return the ticks that come within this time, at once with the first; raises kafka.errors.KafkaError."""
        if self._reader is None:
            self._reader = connections.kafka_reader(self._settings)
            _seek_newest(self._reader)
        batches = self._reader.poll(timeout_ms=int(seconds * 1000))
        values = [record.value for records in batches.values() for record in records if record.value is not None]
        return [tick for value in values if (tick := _decoded(value))]

    def stored(self) -> dict[int, int]:
        """Return the offsets of processed-orders that Flink has stored, by partition; raises KafkaError, Error."""
        return stored.offsets(self._kafka(), self._groups())

    def strangers(self) -> list[str]:
        """Return who sits in Flink's groups beside Flink, with what it means; raises KafkaError, psycopg2.Error."""
        return [
            f"a stranger is in Flink's consumer group {group} (client {client} on {host}): Flink's commits are refused,"
            " so nobody knows how far it has stored; end that consumer, or give it another group.id"
            for group in self._groups()
            for client, host in stored.members(self._kafka(), group)
        ]

    def close(self) -> None:
        """Close the connections."""
        for client in (self._reader, self._admin, self._postgres):
            if client is not None:
                client.close()
        self._reader = self._admin = self._postgres = None

    def _kafka(self) -> Any:
        self._admin = self._admin or connections.kafka_admin(self._settings)
        return self._admin

    def _groups(self) -> tuple[str, ...]:
        if self._postgres is None:
            self._postgres = connections.postgres(self._settings)
            self._postgres.autocommit = True
        self.build = stored.build_id(self._postgres)
        return stored.groups_of(self._settings, self.build)


def _decoded(value: bytes) -> Tick | None:
    try:
        return _tick.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # not of a worker: anybody may write into a topic


def _seek_newest(reader: Any) -> None:
    partitions = [TopicPartition(PROCESSED_TICKS.name, partition) for partition in range(PARTITIONS)]
    first, end = reader.beginning_offsets(partitions), reader.end_offsets(partitions)
    reader.assign(partitions)
    for partition in partitions:
        reader.seek(partition, max(first[partition], end[partition] - RECENT))
