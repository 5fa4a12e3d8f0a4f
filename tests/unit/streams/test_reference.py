"""Customers and products: a refused row is unknown, whatever is wrong with its bytes, and every record moves on."""

import json
from typing import cast

import pytest
from confluent_kafka import KafkaError, Message

from orderflow.core.topics import MYSQL_CUSTOMERS
from streams.reference import EndedError, ReferenceReader

OUTPUT = (MYSQL_CUSTOMERS.name, 2)


class Consumed:
    """A message of mysql-customers[2], or the end of it."""

    def __init__(self, offset: int, key: bytes | None, value: bytes | None, error: int = 0) -> None:
        self._offset, self._key, self._value, self._error = offset, key, value, error

    def topic(self) -> str:
        return OUTPUT[0]

    def partition(self) -> int:
        return OUTPUT[1]

    def offset(self) -> int:
        return self._offset

    def key(self) -> bytes | None:
        return self._key

    def value(self) -> bytes | None:
        return self._value

    def error(self) -> KafkaError | None:
        return KafkaError(self._error) if self._error else None


def row(name: str = "Kim", id: object = 5) -> bytes:
    after = {"id": id, "name": name, "city": "서울", "country": "KR", "tier": "gold"}
    return json.dumps({"before": None, "after": after}).encode()


def read(reader: ReferenceReader, *messages: Consumed) -> None:
    reader._take(cast(list[Message], list(messages)))


@pytest.fixture
def reader() -> ReferenceReader:
    reader = ReferenceReader("127.0.0.1:1")
    read(reader, Consumed(0, b'{"id":5}', row()))
    assert reader.customer(5)
    return reader


@pytest.mark.parametrize(
    "value",
    [
        row("a\0b"),
        row(id="five"),
        row(id=6),
        b"hello",
        b"",
        b"{}",
        b"\xff\xfe",
        b'{"before":' + b"[" * 5_000,
        b'{"after":' + b"[" * 100_000,
    ],
)
def test_a_refused_row_is_unknown_until_a_better_one_comes(reader: ReferenceReader, value: bytes) -> None:
    read(reader, Consumed(1, b'{"id":5}', value))
    assert reader.customer(5) is None
    assert [(refused.offset, bool(refused.text)) for refused in reader.refused[OUTPUT]] == [(1, True)]
    read(reader, Consumed(2, b'{"id":5}', row("Lee")))
    customer = reader.customer(5)
    assert customer is not None
    assert customer.name == "Lee"
    assert reader.take_arrived() == [("customer", 5), ("customer", 5)]


@pytest.mark.parametrize("key", [None, b"", b"test", b"{}", b'{"id":"x"}', b"[" * 5_000, b"\xff"])
def test_a_key_that_cannot_be_read_is_refused(reader: ReferenceReader, key: bytes | None) -> None:
    read(reader, Consumed(1, key, row()))
    assert [refused.offset for refused in reader.refused[OUTPUT]] == [1]
    assert reader.customer(5)


def test_a_deleted_row_is_unknown(reader: ReferenceReader) -> None:
    read(reader, Consumed(1, b'{"id":5}', b'{"after":null}'), Consumed(2, b'{"id":6}', None))
    assert reader.customer(5) is None
    assert reader.refused[OUTPUT] == []


def test_the_end_is_reached_though_the_last_records_are_gone(reader: ReferenceReader) -> None:
    read(reader, Consumed(9, None, None, KafkaError._PARTITION_EOF))
    assert reader._positions[OUTPUT] == 9


def test_a_reader_that_has_ended_says_so(reader: ReferenceReader) -> None:
    reader.check()
    reader._error = "boom"
    with pytest.raises(EndedError, match="boom"):
        reader.check()
