"""Dead letters fit their topic, whatever was refused."""

import pytest

from orderflow.core.outcome import DeadLetter, Record
from orderflow.core.topics import ORDERS_DLQ
from streams.letters import written


def test_the_record_is_whole_and_says_where_it_was() -> None:
    record = written(DeadLetter(Record(7, b"k", b"v", [("h", b"1")]), "bad_money", "text"), "mysql-orders", 3)
    about = dict(record.headers)
    assert (record.key, record.value, about["h"]) == (b"k", b"v", b"1")
    assert about["orderflow.topic"] == b"mysql-orders"
    assert (about["orderflow.partition"], about["orderflow.offset"]) == (b"3", b"7")
    assert "orderflow.cut" not in about


@pytest.mark.parametrize(
    ("key", "value", "headers"),
    [
        (b"k", b"v" * 16_000_000, []),
        (b"k" * 3_000_000, b"v", []),
        (b"k", None, [("h", b"1" * 3_000_000)]),
        (b"k" * 1_100_000, b"v" * 1_100_000, [("h", b"1")] * 50_000),
    ],
)
def test_what_is_larger_than_the_topic_takes_is_cut_and_says_so(
    key: bytes, value: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    letter = DeadLetter(Record(7, key, value, headers), "foreign_record", "가" * 1_000_000)
    record = written(letter, "processed-orders", 0)
    size = len(record.key or b"") + len(record.value or b"")
    size += sum(len(name) + len(text) + 16 for name, text in record.headers)
    assert size < ORDERS_DLQ.max_message_bytes - 4_096
    assert f"{len(value or b'')} of value" in dict(record.headers)["orderflow.cut"].decode()
