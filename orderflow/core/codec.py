"""Messages to bytes and back; the headers that tombstones and dead letters carry."""

import msgspec

from orderflow.core.envelope import LARGEST_ID
from orderflow.core.messages import OrderDocument, Position, Source, Tick

Headers = list[tuple[str, bytes]]

LARGEST_VERSION = 2**62
"""Microseconds; beyond it no commit time can be, and one more must still fit a signed 64-bit column."""

_encoder = msgspec.json.Encoder()
_document = msgspec.json.Decoder(OrderDocument)
_position = msgspec.json.Decoder(dict[str, Position])
_source = msgspec.json.Decoder(Source)

encode_document = _encoder.encode
"""OrderDocument -> bytes."""
decode_document = _document.decode
"""Bytes -> OrderDocument; raises msgspec.DecodeError."""


def encode_tick(tick: Tick) -> bytes:
    """Return the tick as JSON."""
    return _encoder.encode(tick)


def tombstone_headers(doc: OrderDocument) -> Headers:
    """Return what a reader needs to know that the order is gone as of this version, and nothing older may revive it."""
    return [
        ("version", str(doc.version).encode()),
        ("position", _encoder.encode(doc.position)),
        ("snapshot", (doc.snapshot or "").encode()),
        ("source", _encoder.encode(doc.source)),
    ]


def buried(order_id: int, headers: Headers) -> OrderDocument:
    """Return the marker document of a tombstone; one without our headers (written by hand) counts as version 0.

    Raises ValueError (msgspec's errors are such) on headers that are not ours.
    """
    found = {name: value or b"" for name, value in headers}
    return OrderDocument(
        order_id,
        version=int(found.get("version", b"0")),
        position=_position.decode(found.get("position", b"{}")),
        snapshot=found.get("snapshot", b"").decode() or None,
        source=_source.decode(found["source"]) if found.get("source", b"null") != b"null" else None,
    )


def published(key: bytes | None, value: bytes | None, headers: Headers) -> OrderDocument | str:
    """Return what a record of `processed-orders` says of its order, or why no worker can have written it."""
    id = order_id(key)
    if id is None:
        return f"the key {(key or b'')[:60]!r} is no order id"
    if value is None and "version" not in dict(headers):
        return "a tombstone without a version"
    try:
        doc = buried(id, headers) if value is None else decode_document(value)
    except (ValueError, RecursionError) as error:
        return f"{'the headers are' if value is None else 'the value is'} not ours: {error}"
    if doc.order_id != id:
        return f"the document is of order {doc.order_id}"
    if value is not None and doc.source is None:
        return "the document names no source"
    if not 0 <= doc.version <= LARGEST_VERSION:
        return f"the version {doc.version} is no time"
    return doc


def is_older(doc: OrderDocument, than: OrderDocument) -> bool:
    """Say whether a document must not replace another of its order: of equal versions the later input record wins."""
    if doc.version != than.version:
        return doc.version < than.version
    one, other = doc.source, than.source
    return one is not None and other is not None and one.topic_id == other.topic_id and one.offset < other.offset


def order_id(key: bytes | None) -> int | None:
    """Return the id in a key of `processed-orders`: digits as MySQL prints them, within a signed 64-bit column."""
    text = key or b""
    if not text.isdigit() or text[:1] == b"0" or len(text) > len(str(LARGEST_ID)) or int(text) > LARGEST_ID:
        return None
    return int(text)
