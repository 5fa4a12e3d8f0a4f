"""Committed offsets of consumer groups, each with a note: the id of the topic without which it is worth nothing."""

from collections.abc import Iterable
from typing import NamedTuple

from confluent_kafka import Consumer, TopicPartition

from streams.account import Output

TIMEOUT_SECONDS = 10.0


class Committed(NamedTuple):
    """An offset, 0 where there is none, and the note that was committed with it."""

    offset: int
    note: str


def committed(bootstrap_servers: str, group: str, outputs: Iterable[Output]) -> dict[Output, Committed]:
    """Return the group's offsets by topic and partition; raises KafkaException."""
    consumer = _client(bootstrap_servers, group)
    try:
        found = consumer.committed([TopicPartition(*output) for output in outputs], timeout=TIMEOUT_SECONDS)
    finally:
        consumer.close()
    return {(tp.topic, tp.partition): Committed(max(0, tp.offset), tp.metadata or "") for tp in found}


def commit(bootstrap_servers: str, group: str, output: Output, offset: int, note: str) -> None:
    """Commit an offset for a group that has no members; raises KafkaException."""
    consumer = _client(bootstrap_servers, group)
    try:
        consumer.commit(offsets=[TopicPartition(*output, offset, metadata=note)], asynchronous=False)
    finally:
        consumer.close()


def _client(bootstrap_servers: str, group: str) -> Consumer:
    return Consumer({"bootstrap.servers": bootstrap_servers, "group.id": group, "enable.auto.commit": False})
