"""Brings a partition's store level with `processed-orders`, which is the state."""

from collections.abc import Iterable, Iterator
from time import monotonic

from confluent_kafka import Consumer, TopicPartition

from orderflow.core import codec
from orderflow.core.messages import OrderDocument
from orderflow.core.outcome import Record
from orderflow.core.topics import PROCESSED_ORDERS
from streams.account import Strange
from streams.peek import at_end, reader, record
from streams.store import Row, Store, row

BATCH = 2_000
POLL_SECONDS = 0.1
"""librdkafka waits so long for a full batch."""
SILENCE_SECONDS = 30.0


class RestoreError(Exception):
    """The topic could not be read to its end."""


def restore(store: Store, bootstrap_servers: str, partition: int) -> tuple[int, list[Strange]]:
    """Read the topic from where the store ends; the highest version of an order wins.

    Returns the end of the topic, and the offsets of what is last of its key there but should not be: records that
    are not ours, and documents older than another of their order. Compaction would keep those, so they must be made
    good, and until they are the store does not count as restored past them. Raises RestoreError or KafkaException.
    """
    consumer = reader(bootstrap_servers)
    try:
        tp = TopicPartition(PROCESSED_ORDERS.name, partition)
        low, end = consumer.get_watermark_offsets(tp, timeout=10)
        strange: dict[bytes, list[int]] = {}
        for batch, position in _batches(consumer, partition, max(store.next_offset, low), end):
            take(store, batch, position, strange)
        return end, as_ranges(offset for offsets in strange.values() for offset in offsets)
    finally:
        consumer.close()


def _batches(consumer: Consumer, partition: int, start: int, end: int) -> Iterator[tuple[list[Record], int]]:
    """Yield what the topic holds from `start` to `end`, and the offset after each batch; the last one is `end`."""
    if start >= end:
        return
    consumer.assign([TopicPartition(PROCESSED_ORDERS.name, partition, start)])
    position, deadline = start, monotonic() + SILENCE_SECONDS
    while position < end:
        batch = consumer.consume(BATCH, timeout=POLL_SECONDS)
        records = [record(message) for message in batch if message.error() is None]
        if records:
            position, deadline = records[-1].offset + 1, monotonic() + SILENCE_SECONDS
        if at_end(batch):  # the last offsets may be compacted away
            position = end
        if records or position == end:
            yield records, position
        if monotonic() > deadline:
            silence = f"nothing for {SILENCE_SECONDS:.0f} s at offset {position} of {end}"
            raise RestoreError(f"{PROCESSED_ORDERS.name}[{partition}]: {silence}")


def take(store: Store, batch: Iterable[Record], position: int, strange: dict[bytes, list[int]]) -> None:
    """Write a batch of the topic, read up to `position`; notes in `strange`, by key, what is to be made good."""
    found = [(one, codec.published(one.key, one.value, one.headers)) for one in batch]
    known = store.published(list({id for one, _ in found if (id := codec.order_id(one.key))}))
    rows: dict[int, Row] = {}
    for one, doc in found:
        key = one.key or b""
        if _is_harmless(one, doc, known):
            strange.pop(key, None)
        elif isinstance(doc, str) or (doc.order_id in known and codec.is_older(doc, known[doc.order_id])):
            strange.setdefault(key, []).append(one.offset)
        else:
            known[doc.order_id] = doc
            rows[doc.order_id] = row(doc, one.value or codec.encode_document(doc))
            strange.pop(key, None)
    store.write(rows.values(), min([position, *(offset for offsets in strange.values() for offset in offsets)]))


def _is_harmless(record: Record, doc: OrderDocument | str, known: dict[int, OrderDocument]) -> bool:
    """Say whether this is anybody's tombstone of a key that no order has: nothing is left to be made good."""
    return isinstance(doc, str) and record.value is None and codec.order_id(record.key) not in known


def as_ranges(offsets: Iterable[int]) -> list[Strange]:
    """Return offsets as ranges, ascending."""
    ranges: list[Strange] = []
    for offset in sorted(offsets):
        if ranges and ranges[-1].stop == offset:
            ranges[-1] = ranges[-1]._replace(stop=offset + 1)
        else:
            ranges.append(Strange(offset, offset + 1))
    return ranges
