"""Reads single records of a topic again, by their offsets."""

from collections.abc import Iterable
from time import monotonic

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from orderflow.core.codec import Headers
from orderflow.core.outcome import Record
from orderflow.core.topics import PROCESSED_ORDERS
from streams.account import Output

SILENCE_SECONDS = 30.0
BATCH = 200


class PeekError(Exception):
    """The topic could not be read."""


def reader(bootstrap_servers: str) -> Consumer:
    """Return a consumer that is told what to read, and where the partition ends; it commits nothing."""
    return Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "orderflow-restore",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "fetch.message.max.bytes": PROCESSED_ORDERS.max_message_bytes,
        }
    )


def peek(bootstrap_servers: str, output: Output, offsets: Iterable[int]) -> list[Record]:
    """Return the records that still stand at these offsets; raises PeekError or KafkaException."""
    wanted, found = set(offsets), []
    consumer = reader(bootstrap_servers)
    try:
        while wanted:
            consumer.assign([TopicPartition(*output, min(wanted))])
            messages, at_end = _next(consumer, output)
            found += [record(message) for message in messages if message.offset() in wanted]
            last = max((int(message.offset() or 0) for message in messages), default=-1)
            wanted = set() if at_end else {offset for offset in wanted if offset > last}
    finally:
        consumer.close()
    return found


def _next(consumer: Consumer, output: Output) -> tuple[list[Message], bool]:
    deadline = monotonic() + SILENCE_SECONDS
    while not (batch := consumer.consume(BATCH, timeout=0.1)):
        if monotonic() > deadline:
            raise PeekError(f"{output[0]}[{output[1]}]: nothing for {SILENCE_SECONDS:.0f} s")
    return [message for message in batch if message.error() is None], at_end(batch)


def at_end(batch: Iterable[Message]) -> bool:
    """Say whether a batch tells of the partition's end; raises KafkaException for any other error in it."""
    errors = [error for message in batch if (error := message.error()) is not None]
    for error in errors:
        if error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
    return bool(errors)


def record(message: Message) -> Record:
    """Return a consumed message as a plain record."""
    headers: Headers = message.headers() or []  # type: ignore[assignment]  # never a dict when consumed
    return Record(int(message.offset() or 0), message.key(), message.value(), headers)
