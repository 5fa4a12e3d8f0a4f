"""Brings a partition's store level with `processed-orders`, which is the state."""

from collections.abc import Iterator
from time import monotonic

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from orderflow.core import codec
from orderflow.core.topics import PROCESSED_ORDERS
from streams.store import GONE, INCOMPLETE, WHOLE, Row, Store

BATCH = 2_000
POLL_SECONDS = 0.1
"""librdkafka waits so long for a full batch."""
SILENCE_SECONDS = 30.0


class RestoreError(Exception):
    """The topic could not be read to its end."""


class _Head(msgspec.Struct):
    version: int
    complete: bool = False
    snapshot: str | None = None


_head = msgspec.json.Decoder(_Head)


def restore(store: Store, bootstrap_servers: str, partition: int) -> tuple[int, dict[int, int]]:
    """Read the topic from where the store ends; the highest version of an order wins.

    Returns the end of the topic, and the orders whose newest document is not the last in the topic, each with the
    offset of the older one: compaction would keep that, so these must be sent again, and until they are the store
    does not count as restored past it. Raises RestoreError or KafkaException.
    """
    reader = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "orderflow-restore",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "fetch.message.max.bytes": PROCESSED_ORDERS.max_message_bytes,
        }
    )
    try:
        low, end = reader.get_watermark_offsets(TopicPartition(PROCESSED_ORDERS.name, partition), timeout=10)
        again: dict[int, int] = {}
        for batch, position in _batches(reader, partition, max(store.next_offset, low), end):
            _take(store, batch, position, again)
        return end, again
    finally:
        reader.close()


def _batches(reader: Consumer, partition: int, start: int, end: int) -> Iterator[tuple[list[Message], int]]:
    """Yield what the topic holds from `start` to `end`, and the offset after each batch; the last one is `end`."""
    if start >= end:
        return
    reader.assign([TopicPartition(PROCESSED_ORDERS.name, partition, start)])
    position, deadline = start, monotonic() + SILENCE_SECONDS
    while position < end:
        batch = reader.consume(BATCH, timeout=POLL_SECONDS)
        messages = [message for message in batch if message.error() is None]
        if messages:
            position, deadline = int(messages[-1].offset() or 0) + 1, monotonic() + SILENCE_SECONDS
        if _at_end(batch):  # the last offsets may be compacted away
            position = end
        if messages or position == end:
            yield messages, position
        if monotonic() > deadline:
            silence = f"nothing for {SILENCE_SECONDS:.0f} s at offset {position} of {end}"
            raise RestoreError(f"{PROCESSED_ORDERS.name}[{partition}]: {silence}")


def _at_end(batch: list[Message]) -> bool:
    errors = [error for message in batch if (error := message.error()) is not None]
    for error in errors:
        if error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
    return bool(errors)


def _take(store: Store, batch: list[Message], position: int, again: dict[int, int]) -> None:
    rows: dict[int, tuple[int, Row]] = {}
    known = store.versions(list({int(message.key() or 0) for message in batch}))
    for message in batch:
        version, row = _row(message)
        id = row[0]
        if version < known.get(id, 0):
            again.setdefault(id, int(message.offset() or 0))
            continue
        known[id], rows[id] = version, (version, row)
        again.pop(id, None)
    store.write([row for _, row in rows.values()], min([position, *again.values()]))


def _row(message: Message) -> tuple[int, Row]:
    id, value = int(message.key() or 0), message.value()
    if value is None:
        doc = codec.buried(id, _headers(message))
        return doc.version, (id, codec.encode_document(doc), GONE, doc.snapshot)
    head = _head.decode(value)
    return head.version, (id, bytes(value), WHOLE if head.complete else INCOMPLETE, head.snapshot)


def _headers(message: Message) -> codec.Headers:
    headers: list[tuple[str, bytes]] = message.headers() or []  # type: ignore[assignment]  # never a dict when consumed
    return headers
