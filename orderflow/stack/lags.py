"""How far behind the readers are, and how old the newest tick is at both ends of the stream."""

import json
import time
from typing import Any

from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types
from kafka.admin import OffsetSpec  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.core.settings import Settings
from orderflow.core.topics import MYSQL_ORDERS, PROCESSED_ORDERS, PROCESSED_TICKS, Topic

MICROSECONDS = 1_000_000


def group_lags(settings: Settings) -> dict[str, int | None]:
    """Return records not yet committed by each group, None where it has committed nothing; raises KafkaError."""
    admin = connections.kafka_admin(settings)
    try:
        return {
            settings.streams_group: _lag(admin, settings.streams_group, MYSQL_ORDERS),
            settings.flink_group: _lag(admin, settings.flink_group, PROCESSED_ORDERS),
        }
    finally:
        admin.close()


def _lag(admin: Any, group: str, topic: Topic) -> int | None:
    committed = admin.list_group_offsets({group: None}).get(group, {})
    if not any(partition.topic == topic.name for partition in committed):
        return None
    ends = _offsets(admin, topic, OffsetSpec.LATEST)
    begins = _offsets(admin, topic, OffsetSpec.EARLIEST)
    done = {
        partition: committed[partition].offset if partition in committed else begins[partition] for partition in ends
    }
    return sum(max(0, end - done[partition]) for partition, end in ends.items())


def _offsets(admin: Any, topic: Topic, spec: OffsetSpec) -> dict[Any, int]:
    wanted = {TopicPartition(topic.name, number): spec for number in range(topic.partitions)}
    return {partition: found.offset for partition, found in admin.list_partition_offsets(wanted).items()}


def source_tick_age(settings: Settings) -> float:
    """Return the seconds since MySQL's own clock ticked last; raises pymysql.MySQLError."""
    connection = connections.mysql(settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT TIMESTAMPDIFF(MICROSECOND, MAX(ticked_at), NOW(6)) FROM order_ticks")
            row = cursor.fetchone()
    finally:
        connection.close()
    return float(row[0]) / MICROSECONDS if row and row[0] is not None else float("inf")


def processed_tick_age(settings: Settings) -> float:
    """Return the age in seconds of the slowest partition's newest tick in processed-ticks; raises KafkaError."""
    reader = connections.kafka_reader(settings)
    try:
        return max(_newest_tick_age(reader, number) for number in range(PROCESSED_TICKS.partitions))
    finally:
        reader.close()


def partitions_of(topic: Topic) -> list[Any]:
    """Return the topic's partitions as kafka-python names them."""
    return [TopicPartition(topic.name, number) for number in range(topic.partitions)]


def _newest_tick_age(reader: Any, number: int) -> float:
    partition = TopicPartition(PROCESSED_TICKS.name, number)
    end = reader.end_offsets([partition])[partition]
    reader.assign([partition])
    reader.seek(partition, max(0, end - 1))
    records = reader.poll(timeout_ms=5000).get(partition, []) if end else []
    if not records:
        return float("inf")
    return time.time() - float(json.loads(records[-1].value)["committed_us"]) / MICROSECONDS
