"""What strangers write into `processed-orders`, with `random`: no worker can have written it."""

from random import Random

from orderflow.core import codec
from orderflow.core.codec import Headers
from orderflow.core.messages import OrderDocument
from orderflow.core.outcome import Record

Written = tuple[bytes, bytes | None, Headers]
ODD: list[Written] = [
    (b"test", b"hello", []),
    (b"test", None, []),
    (b"007", b"{}", []),
    (b"3", b"hello", []),
    (b"2", b"", []),
    (b"2", b"\xff\xfe", []),
    (b"1", b"[" * 5_000, []),
    (b"1", b'{"order_id":1,"unknown":' + b"[" * 5_000, []),
    (b"3", b'{"order_id":2}', []),
    (b"3", b'{"order_id":3,"version":5}', []),
    (b"4", None, []),
    (b"4", None, [("version", b"")]),
    (b"1", None, [("version", b"x"), ("position", b"\xff")]),
    (b"99", None, [("odd", b"\xff")]),
    (b"18446744073709551615", b"{}", []),
    (b"-5", b"null", [("h", b"\x00")]),
    (b"\xff", b"\x00", []),
    (b"", b"x", []),
]


def something(random: Random, topic: list[Record]) -> Written:
    """Return an odd record, or a copy of one that the topic holds."""
    documents = _documents(topic)
    if not documents or random.random() < 0.5:
        return random.choice(ODD)
    doc = random.choice(documents)
    return b"%d" % doc.order_id, codec.encode_document(doc), []


def forged(random: Random, topic: list[Record]) -> Written:
    """Return a good document that is newer than ours, or of nobody's order: a worker must see it come."""
    documents = _documents(topic)
    if not documents:
        return random.choice(ODD)
    doc = random.choice(documents)
    doc.version += random.randint(0, 10**12)
    doc.order_id = random.choice([doc.order_id, 98])
    return b"%d" % doc.order_id, codec.encode_document(doc), []


def _documents(topic: list[Record]) -> list[OrderDocument]:
    found = [codec.published(record.key, record.value, record.headers) for record in topic if record.value]
    return [doc for doc in found if isinstance(doc, OrderDocument)]
