"""Where the source's clock stands at each stage: in MySQL, captured, processed, and stored in PostgreSQL."""

import time
from contextlib import closing
from typing import Any

import msgspec
from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections, stored
from orderflow.core.messages import Tick
from orderflow.core.settings import Settings
from orderflow.core.topics import MYSQL_ORDERS, PARTITIONS, PROCESSED_TICKS, Topic
from orderflow.stack.stages import MICROSECONDS, Moments, Source, newest, passed

UNKNOWN = float("inf")

RECENT_RECORDS = 50
"""Records of mysql-orders to look at: the last one with a source will do, whatever a stranger wrote behind it."""

RECENT_TICKS = 240
"""Ticks of a partition to look at for the newest stored one: four minutes."""

READ_SECONDS = 5.0

FUTURE_SECONDS = 60.0
"""A commit later than that is none of Debezium's: a clock in another place may be wrong by less."""


class _Source(msgspec.Struct):
    ts_us: int


class _Event(msgspec.Struct):
    source: _Source


_event = msgspec.json.Decoder(_Event)
_tick = msgspec.json.Decoder(Tick)


def source(settings: Settings) -> Source:
    """Return MySQL's own clock; raises pymysql.MySQLError."""
    with closing(connections.mysql(settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(CAST(UNIX_TIMESTAMP(MAX(ticked_at)) * 1000000 AS UNSIGNED), 0),"
            " CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED), @@event_scheduler FROM order_ticks"
        )
        ticked_us, now_us, scheduler = cursor.fetchone() or (0, 0, "?")
    return Source(int(ticked_us), int(now_us), str(scheduler))


def processed_tick_age(settings: Settings) -> float:
    """Return the age in seconds of the slowest partition's newest processed tick; raises KafkaError."""
    return slowest_age(newest(processed_ticks(settings, recent=1)))


def stored_tick_age(settings: Settings) -> float:
    """Return the age in seconds of the slowest partition's newest tick that PostgreSQL has passed.

    Infinite while a partition has none. Raises psycopg2.Error or KafkaError when a server does not answer.
    """
    return slowest_age(passed(processed_ticks(settings), stored_offsets(settings, stored.groups(settings))))


def stored_offsets(settings: Settings, groups: tuple[str, ...]) -> Moments:
    """Return by partition the offset of processed-orders that these groups have passed; raises KafkaError."""
    with closing(connections.kafka_admin(settings)) as admin:
        return stored.offsets(admin, groups)


def slowest_age(moments: Moments) -> float:
    """Return how old the oldest of the partitions' moments is by this machine's clock, in seconds."""
    if len(moments) < PARTITIONS:
        return UNKNOWN
    return time.time() - min(moments.values()) / MICROSECONDS


def captured_moments(settings: Settings) -> Moments:
    """Return the commit time of each partition's newest change in mysql-orders, ticks included; raises KafkaError."""
    found = {}
    for partition, values in _last_values(settings, MYSQL_ORDERS, RECENT_RECORDS).items():
        commits = [commit for value in values if (commit := _committed(value))]
        if commits:
            found[partition] = commits[-1]
    return found


def processed_ticks(settings: Settings, recent: int = RECENT_TICKS) -> list[Tick]:
    """Return each partition's last processed ticks, oldest first; raises KafkaError."""
    values = _last_values(settings, PROCESSED_TICKS, recent)
    ticks = [(partition, tick) for partition, some in values.items() for value in some if (tick := _decoded(value))]
    return [tick for partition, tick in ticks if tick.partition == partition]


def _committed(value: bytes) -> int | None:
    try:
        committed_us = _event.decode(value).source.ts_us
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # not of Debezium: a record that anybody may have written
    return committed_us if committed_us < (time.time() + FUTURE_SECONDS) * MICROSECONDS else None


def _decoded(value: bytes) -> Tick | None:
    try:
        return _tick.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # not of a worker


def _last_values(settings: Settings, topic: Topic, count: int) -> dict[int, list[bytes]]:
    """Return each partition's last `count` values, as far as they come in time."""
    with closing(connections.kafka_reader(settings)) as reader:
        return _read_last(reader, topic, count)


def partitions_of(topic: Topic) -> list[Any]:
    """Return the topic's partitions as kafka-python names them."""
    return [TopicPartition(topic.name, number) for number in range(topic.partitions)]


def _read_last(reader: Any, topic: Topic, count: int) -> dict[int, list[bytes]]:
    partitions = partitions_of(topic)
    begins, ends = reader.beginning_offsets(partitions), reader.end_offsets(partitions)
    reader.assign(partitions)
    for partition in partitions:
        reader.seek(partition, max(begins[partition], ends[partition] - count))
    values: dict[int, list[bytes]] = {number: [] for number in range(topic.partitions)}
    deadline = time.monotonic() + READ_SECONDS
    while time.monotonic() < deadline and any(reader.position(one) < ends[one] for one in partitions):
        for partition, records in reader.poll(timeout_ms=500).items():
            values[partition.partition] += [record.value for record in records if record.value is not None]
    return values
