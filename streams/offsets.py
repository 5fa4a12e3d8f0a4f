"""Committed offsets of consumer groups, each with a note: the id of the topic without which it is worth nothing."""

from collections.abc import Iterable
from typing import NamedTuple

from confluent_kafka import Consumer, TopicPartition
from kafka import KafkaAdminClient  # type: ignore[import-untyped]  # kafka-python ships no types
from kafka import TopicPartition as Place

from streams.account import Output


class Committed(NamedTuple):
    """An offset, 0 where there is none, and the note that was committed with it."""

    offset: int
    note: str


def committed(bootstrap_servers: str, group: str, outputs: Iterable[Output]) -> dict[Output, Committed]:
    """Return the group's offsets by topic and partition; raises kafka.errors.KafkaError.

    By kafka-python: confluent-kafka was seen to hand out notes with bytes behind them that nobody wrote; those that
    it commits end with a zero byte.
    """
    wanted = {output: Place(*output) for output in outputs}
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        found = admin.list_group_offsets({group: list(wanted.values())}).get(group, {})
    finally:
        admin.close()
    places = {output: found.get(place) for output, place in wanted.items()}
    return {
        output: Committed(max(0, at.offset), (at.metadata or "").rstrip("\0")) if at else Committed(0, "")
        for output, at in places.items()
    }


def commit(bootstrap_servers: str, group: str, output: Output, offset: int, note: str) -> None:
    """Commit an offset for a group that has no members; raises KafkaException."""
    consumer = _client(bootstrap_servers, group)
    try:
        consumer.commit(offsets=[TopicPartition(*output, offset, metadata=note)], asynchronous=False)
    finally:
        consumer.close()


def _client(bootstrap_servers: str, group: str) -> Consumer:
    return Consumer({"bootstrap.servers": bootstrap_servers, "group.id": group, "enable.auto.commit": False})
