"""What a dead letter looks like on the wire: the record whole, and headers that say where it was and why it is here."""

from orderflow.core.codec import Headers
from orderflow.core.outcome import DeadLetter, Record
from orderflow.core.topics import ORDERS_DLQ

LONGEST_TEXT = 2_000
HEADROOM = 16 * 1024
"""Bytes of a message beside key, value and the record's own headers."""
LONGEST_KEY = 64 * 1024


def written(letter: DeadLetter, topic: str, partition: int) -> Record:
    """Return the message; a record beyond what the topic takes is cut, and a header tells its size."""
    record = letter.record
    key, value, headers = record.key, record.value, record.headers
    about = {
        "orderflow.code": letter.code,
        "orderflow.error": letter.text[:LONGEST_TEXT],
        "orderflow.topic": topic,
        "orderflow.partition": str(partition),
        "orderflow.offset": str(record.offset),
    }
    room = ORDERS_DLQ.max_message_bytes - HEADROOM
    if _size(record) > room:
        about["orderflow.cut"] = f"{len(key or b'')} bytes of key, {len(value or b'')} of value, {len(headers)} headers"
        key, headers = key and key[:LONGEST_KEY], []
        value = value and value[: room - len(key or b"")]
    return Record(
        record.offset, key, value, [*headers, *((name, text.encode(errors="replace")) for name, text in about.items())]
    )


def _size(record: Record) -> int:
    return len(record.key or b"") + len(record.value or b"") + _length(record.headers)


def _length(headers: Headers) -> int:
    return sum(len(name.encode()) + len(text or b"") + 16 for name, text in headers)
