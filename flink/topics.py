"""The two topics of the job, from outside the job: which topic the input is, and how to empty the output."""

import time
from collections.abc import Collection, Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

REQUEST_SECONDS = 10.0
READ_SECONDS = 300.0


class TopicError(Exception):
    """Kafka did not answer or has not the topic; the text says which and what to do."""


def topic_id(bootstrap: str, topic: str) -> str:
    """Return Kafka's own id of `topic`: another one means that the topic was deleted and made again."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    try:
        asked = admin.describe_topics(TopicCollection([topic]), request_timeout=REQUEST_SECONDS)
        return str(asked[topic].result().topic_id)
    except KafkaException as problem:
        raise TopicError(f"cannot look up topic {topic} at {bootstrap}: {problem}") from problem


def bury_all(bootstrap: str, topic: str) -> int:
    """Write a tombstone for every key of `topic` that still has a value; return how many."""
    try:
        living = _living_keys(bootstrap, topic)
        producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "enable.idempotence": True})
        for key, partition in living.items():
            producer.produce(topic, key=key, value=None, partition=partition)
            producer.poll(0)
        left = producer.flush(REQUEST_SECONDS)
    except KafkaException as problem:
        raise TopicError(f"cannot empty topic {topic} at {bootstrap}: {problem}") from problem
    if left:
        raise TopicError(f"{left} tombstones for {topic} were not acknowledged in {REQUEST_SECONDS:.0f} s")
    return len(living)


def forget_groups(bootstrap: str, groups: Collection[str]) -> list[str]:
    """Delete these consumer groups of an older build; return those that could not be deleted, as they are in use."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    deleted = admin.delete_consumer_groups(list(groups), request_timeout=REQUEST_SECONDS)
    failures = {group: done.exception(timeout=2 * REQUEST_SECONDS) for group, done in deleted.items()}
    return sorted(group for group, failure in failures.items() if failure and not _unknown(failure))


def _unknown(failure: BaseException) -> bool:
    return isinstance(failure, KafkaException) and failure.args[0].code() == KafkaError.GROUP_ID_NOT_FOUND


def _living_keys(bootstrap: str, topic: str) -> dict[bytes, int]:
    """Return key -> partition of all keys whose newest value is no tombstone."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "orderflow-flink-rebuild", **READ_ONLY})
    try:
        living: dict[bytes, int] = {}
        for message in _all_messages(consumer, topic):
            key, partition = message.key(), message.partition()
            if not isinstance(key, bytes) or partition is None:
                continue
            if message.value() is None:
                living.pop(key, None)
            else:
                living[key] = partition
        return living
    finally:
        consumer.close()


READ_ONLY = {"enable.auto.commit": False, "auto.offset.reset": "earliest", "enable.partition.eof": False}


def _all_messages(consumer: Consumer, topic: str) -> Iterator[Message]:
    ends = _ends(consumer, topic)
    consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
    deadline = time.monotonic() + READ_SECONDS
    while not _reached(consumer, topic, ends):
        if time.monotonic() > deadline:
            raise TopicError(f"topic {topic} was not read to its end in {READ_SECONDS:.0f} s")
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            yield message


def _ends(consumer: Consumer, topic: str) -> dict[int, int]:
    """Return partition -> end offset of the partitions that are not empty."""
    found = consumer.list_topics(topic, timeout=REQUEST_SECONDS).topics[topic]
    if found.error is not None:
        raise TopicError(f"topic {topic}: {found.error}: `orderflow up` creates the topics")
    ends = {}
    for partition in found.partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=REQUEST_SECONDS)
        if high > low:
            ends[partition] = high
    return ends


def _reached(consumer: Consumer, topic: str, ends: dict[int, int]) -> bool:
    positions = consumer.position([TopicPartition(topic, partition) for partition in ends])
    return all(position.offset >= ends[position.partition] for position in positions)
