"""Messages to bytes and back; the headers that tombstones and dead letters carry."""

import msgspec

from orderflow.core.messages import OrderDocument, Position, Source, Tick

Headers = list[tuple[str, bytes]]

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
    """Return the marker document of a tombstone; one without our headers (written by hand) counts as version 0."""
    found = dict(headers)
    return OrderDocument(
        order_id,
        version=int(found.get("version", b"0")),
        position=_position.decode(found.get("position", b"{}")),
        snapshot=found.get("snapshot", b"").decode() or None,
        source=_source.decode(found["source"]) if found.get("source", b"null") != b"null" else None,
    )
