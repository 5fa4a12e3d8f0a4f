"""The production connectors on a real broker: what strangers write, and what readers of order-stats see."""

import dataclasses
import itertools
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from psycopg2.extensions import connection

from flink import connectors, job
from orderflow.core import codec
from orderflow.core.messages import OrderDocument
from orderflow.core.settings import Settings
from orderflow.core.topics import ORDER_STATS, PARTITIONS, PROCESSED_ORDERS
from tests.component.flink import bounded, broker, fold, stored
from tests.component.flink.conftest import connect
from tests.component.flink.test_pipeline import whole
from tests.component.flink.test_topics import delete

pytestmark = pytest.mark.timeout(900)  # a JVM, a broker and a database on two busy cores

BUILD = "3f2b8f0e-0000-4000-8000-000000000000"
ZONE = "Asia/Seoul"
Record = tuple[bytes, bytes | None]


@pytest.fixture(scope="module", autouse=True)
def _flink(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    bounded.prepare_process(server, tmp_path_factory.mktemp("flink"))


@pytest.fixture(scope="module")
def kafka(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with broker.running(server, tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest.fixture
def topics(kafka: str) -> Iterator[str]:
    """Both topics of the job, empty; gives the broker's address."""
    names = (PROCESSED_ORDERS.name, ORDER_STATS.name)
    admin = AdminClient({"bootstrap.servers": kafka})
    for made in admin.create_topics([NewTopic(name, PARTITIONS) for name in names]).values():
        made.result()
    yield kafka
    for name in names:
        delete(kafka, name)


@pytest.fixture
def owner(migrated: Settings) -> Iterator[connection]:
    session = connect(migrated, "owner")
    yield session
    session.close()


def run(settings: Settings, kafka: str, records: list[Record]) -> None:
    """Write `records` and run the job over all of them, to its end."""
    producer = Producer({"bootstrap.servers": kafka})
    for key, value in records:
        producer.produce(PROCESSED_ORDERS.name, key=key, value=value, partition=sum(key) % PARTITIONS)
    assert producer.flush(30) == 0
    own = dataclasses.replace(settings, kafka_host="127.0.0.1", kafka_port=int(kafka.rpartition(":")[2]))
    to_the_end = {"scan.bounded.mode": "latest-offset"}
    sources = {name: {**options, **to_the_end} for name, options in connectors.sources(own, BUILD).items()}
    target = job.environment()
    job.statement_set(target, ZONE, sources, connectors.sinks(own)).execute().wait()


def sent(document: OrderDocument) -> Record:
    return str(document.order_id).encode(), codec.encode_document(document)


def assert_tables_hold(owner: connection, documents: list[OrderDocument]) -> None:
    found, expected = stored.tables(owner), fold.tables(documents, ZONE)
    for table, rows in expected.items():
        assert found[table] == rows, table


def altered(document: OrderDocument, **changes: Any) -> bytes:
    return json.dumps(json.loads(codec.encode_document(document)) | changes).encode()


KEYS = (b"test", b"", b"1.5", b"007", b"1;2", b'"1"', b"\xff\xfe", b"99999999999999999999", b" 2", b"1\x1f2")
VALUES: tuple[bytes | None, ...] = (
    *(b"hello", b"", b"{", b"null", b"7", b'"text"', b"[1, 2]", b"{}", b"\x00\x01", b'{"version": 1}'),
    *(b'{"complete": true, "version": 9, "status": "paid", "currency": "KRW", "total_amount": "1.00"}', None),
)


def foreign(document: OrderDocument) -> Iterator[Record]:
    """Yield records of strangers: under keys that are no number, under `document`'s own key, under an unknown one."""
    yield from itertools.product(KEYS, VALUES)
    own, unknown = str(document.order_id).encode(), b"4711"
    for value in VALUES:
        yield from ((own, value), (unknown, value))
    wrong: tuple[dict[str, Any], ...] = (
        {"lines": "abc"},
        {"lines": {}},
        {"lines": 5},
        {"version": "soon"},
        {"complete": "perhaps"},
        {"customer": 7},
        {"ordered_at": "yesterday"},
        {"total_amount": "much"},
        {"source": None},
    )
    for changes in wrong:
        yield own, altered(document, **changes)


def test_what_strangers_write_stops_nothing_and_the_right_document_mends_it(
    migrated: Settings, topics: str, owner: connection
) -> None:
    documents = [whole(number, 10, seed=number) for number in (1, 2, 3)]
    strangers = list(foreign(documents[0]))
    after = [msgspec.structs.replace(documents[0], version=11), whole(4, 12, seed=4)]
    records = [*map(sent, documents), *strangers, (b"4711", None), *map(sent, after)]
    run(migrated, topics, records)
    assert_tables_hold(owner, [*documents[1:], *after])


def test_extremes_that_the_core_lets_through_arrive(migrated: Settings, topics: str, owner: connection) -> None:
    order = msgspec.structs.replace(whole(2**63 - 1, 1), version=2**62)
    line = msgspec.structs.replace(
        order.lines[0], line_no=2**32 - 1, quantity=2**31 - 1, unit_price="4656612.87", line_total="9999999995707421.89"
    )
    largest = msgspec.structs.replace(order, lines=[line])
    bare = OrderDocument(order_id=1, incomplete_reason="no order row", source=order.source)
    old = msgspec.structs.replace(whole(3, 3), ordered_at="1970-01-01T00:00:00Z", discount="-9999999999999999.99")
    late = msgspec.structs.replace(whole(4, 4), ordered_at="9998-12-31T23:59:59.999999Z")
    documents = [largest, bare, old, late]
    run(migrated, topics, [sent(document) for document in documents])
    assert_tables_hold(owner, documents)


def test_a_day_that_cannot_be_computed_stops_nothing(migrated: Settings, topics: str, owner: connection) -> None:
    forever = msgspec.structs.replace(whole(1, 1), ordered_at="9999-12-31T23:59:59.999999Z")
    run(migrated, topics, [sent(forever), sent(whole(2, 2))])
    found = stored.tables(owner)
    assert {row[0] for row in found["orders"]} == {1, 2}
    assert len(found["order_totals_by_day"]) == 1


def test_a_reader_of_order_stats_sees_no_group_vanish_that_is_only_updated(
    migrated: Settings, topics: str, owner: connection
) -> None:
    began = datetime(2026, 5, 1, tzinfo=UTC)
    alone = [
        msgspec.structs.replace(
            whole(number, 1), ordered_at=(began + number * timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
        )
        for number in range(1, 3001)
    ]
    updates = [
        msgspec.structs.replace(document, version=version, status=status)
        for version, status in enumerate(("paid", "preparing", "shipped"), 1)
        for document in alone
    ]
    run(migrated, topics, [sent(document) for document in updates])
    values = _stats(topics)
    assert len(values) == len(alone)
    vanished = [key for key, seen in values.items() if None in seen]
    assert vanished == []
    assert {seen[-1]["orders"] for seen in values.values() if seen[-1]} == {1}


def _stats(kafka: str) -> dict[bytes, list[Any]]:
    """Return the values of each key of order-stats, in their order."""
    reader = Consumer({"bootstrap.servers": kafka, "group.id": "test", "enable.partition.eof": True})
    reader.assign([TopicPartition(ORDER_STATS.name, partition, 0) for partition in range(PARTITIONS)])
    values: dict[bytes, list[Any]] = defaultdict(list)
    ended = 0
    while ended < PARTITIONS:
        message = reader.poll(30)
        assert message is not None, "order-stats did not answer"
        if message.error():
            ended += 1
            continue
        key, value = message.key(), message.value()
        assert isinstance(key, bytes)
        values[key].append(None if value is None else json.loads(value))
    reader.close()
    return values
