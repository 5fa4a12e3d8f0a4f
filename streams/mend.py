"""What others wrote into a worker's output: it is told as a dead letter, and its key ends right again."""

from collections.abc import Iterable

from orderflow.core import codec
from orderflow.core.messages import OrderDocument
from orderflow.core.orders import Waiting
from orderflow.core.outcome import DeadLetter, Outcome, Record
from streams.lane import Lane

CODE = "foreign_record"


def tell(lane: Lane, records: Iterable[Record]) -> None:
    """Send the records as dead letters, tombstones that remove nothing excepted."""
    for record in records:
        doc = _published(record)
        if isinstance(doc, str) and record.value is None and _newest(lane, record.key) is None:
            continue
        text = doc if isinstance(doc, str) else f"a document of order {doc.order_id} that this worker did not send"
        lane.send_letter(DeadLetter(record, CODE, text), lane.output[0])


def make_good(lane: Lane, records: Iterable[Record]) -> None:
    """Send what each key should end with: the newest document of its order, or a tombstone if there is no such."""
    highest: dict[bytes, OrderDocument | None] = {}
    for record in records:
        if record.key is not None:
            doc, other = _published(record), highest.get(record.key)
            is_higher = isinstance(doc, OrderDocument) and (other is None or other.version <= doc.version)
            highest[record.key] = doc if isinstance(doc, OrderDocument) and is_higher else other
    for key, foreign in highest.items():
        _end_right(lane, key, foreign)


def _end_right(lane: Lane, key: bytes, foreign: OrderDocument | None) -> None:
    newest = _newest(lane, key)
    if foreign is not None and (newest is None or not codec.is_older(foreign, newest)):
        newest = _above(lane, newest or OrderDocument(foreign.order_id), foreign.version + 1)
    if newest is None:
        lane.delivery.send(lane.output, key, None, codec.tombstone_headers(OrderDocument(0)))
        return
    outcome = Outcome()
    outcome.emits.append(lane.partition.again(newest, outcome))
    lane.send(outcome)


def _above(lane: Lane, doc: OrderDocument, version: int) -> OrderDocument:
    """Raise our document above the foreign one, for readers take the highest version; what waits goes on from there."""
    entry = lane.store.get([doc.order_id]).get(doc.order_id)
    doc.version = version
    lane.store.publish([lane.partition.again(doc, Outcome())])
    if isinstance(entry, Waiting):
        entry.doc.version = max(entry.doc.version, version)
        lane.store.wait([entry])
    return doc


def _published(record: Record) -> OrderDocument | str:
    return codec.published(record.key, record.value, record.headers)


def _newest(lane: Lane, key: bytes | None) -> OrderDocument | None:
    id = codec.order_id(key)
    return lane.store.published([id]).get(id) if id is not None else None
