"""The shop guards what capture rests on, for whoever writes plain SQL; and its clock reaches every partition."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.connections import MySQL
from orderflow.core.topics import MYSQL_ORDERS, PARTITIONS, TICK_SLOTS
from orderflow.stack.mysql import socket
from orderflow.stack.place import Place

INSERT_ORDER = (
    "INSERT INTO orders (id, customer_id, currency, items_total, total_amount, delivery_address, delivery_city)"
    " VALUES (%s, 1, 'KRW', 1, 1, '1 Sejong-daero', '서울')"
)
DENIED = 1142
SIGNALLED = 1644
CHECK_VIOLATED = 3819
SECONDS = 30


@pytest.fixture
def app(stack: Place) -> Iterator[MySQL]:
    """The application's connection; what it does is rolled back."""
    connection = connections.mysql(stack.settings)
    yield connection
    connection.rollback()
    connection.close()


def refusal(connection: MySQL, statement: str, *values: object) -> tuple[int, str]:
    with pytest.raises(pymysql.MySQLError) as refused, connection.cursor() as cursor:
        cursor.execute(statement, values)
    code, text = refused.value.args
    return int(code), str(text)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers SET id = 4000000000 WHERE id = 1",
        "UPDATE products SET id = 4000000000 WHERE id = 1",
        "UPDATE orders SET id = id + 1000000 WHERE id = 9000000000000000000",
        "UPDATE order_items SET line_no = 2 WHERE order_id = 9000000000000000000",
        "UPDATE order_items SET order_id = 1 WHERE order_id = 9000000000000000000",
    ],
)
def test_a_primary_key_never_changes(app: MySQL, statement: str) -> None:
    with app.cursor() as cursor:
        cursor.execute(INSERT_ORDER, (9_000_000_000_000_000_000,))
        cursor.execute("INSERT INTO order_items VALUES (9000000000000000000, 1, 1, 1, 1)")
    code, text = refusal(app, statement)
    assert code == SIGNALLED
    assert "never change" in text


def test_an_id_that_no_long_holds_is_refused(app: MySQL) -> None:
    assert refusal(app, INSERT_ORDER, 2**63)[0] == SIGNALLED
    with app.cursor() as cursor:
        cursor.execute("SET foreign_key_checks = 0")
    assert refusal(app, "INSERT INTO order_items VALUES (%s, 1, 1, 1, 1)", 2**63)[0] == CHECK_VIOLATED


@pytest.mark.parametrize("statement", ["TRUNCATE order_items", "DROP TABLE order_items"])
def test_the_application_may_not_do_what_is_not_captured(app: MySQL, statement: str) -> None:
    assert refusal(app, statement)[0] == DENIED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE order_ticks SET ticked_at = NOW()",
        "DELETE FROM order_ticks",
        "INSERT INTO order_ticks VALUES (9, NOW())",
    ],
)
def test_the_application_may_not_touch_the_clock(app: MySQL, statement: str) -> None:
    assert refusal(app, statement)[0] == DENIED


def test_the_capturing_user_may_only_read(stack: Place) -> None:
    settings = stack.settings
    connection = pymysql.connect(
        host=settings.mysql_server_host,
        port=settings.mysql_port,
        user=settings.cdc_user,
        password=settings.cdc_password,
        database=settings.mysql_database,
    )
    try:
        assert refusal(connection, "UPDATE customers SET name = 'x'")[0] == DENIED
    finally:
        connection.close()


@pytest.fixture
def root(stack: Place) -> Iterator[MySQL]:
    """Root's connection, over the socket; what it does is rolled back."""
    settings = stack.settings
    connection = pymysql.connect(
        unix_socket=str(socket(stack)), user="root", password=settings.mysql_root_password, database="shop"
    )
    yield connection
    connection.rollback()
    connection.close()


@pytest.mark.parametrize("setting", ["sql_log_bin = 0", "binlog_format = STATEMENT", "binlog_format = MIXED"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers SET city = '부산' WHERE id = 1",
        "INSERT INTO order_items VALUES (1, 1, 1, 1, 1)",
        "DELETE FROM products WHERE id = 300",
    ],
)
def test_a_change_that_would_not_be_captured_is_refused(root: MySQL, setting: str, statement: str) -> None:
    with root.cursor() as cursor:
        cursor.execute(f"SET SESSION {setting}")
        cursor.execute("SET SESSION foreign_key_checks = 0")
    code, text = refusal(root, statement)
    assert code == SIGNALLED
    assert "only rows in the binlog are captured" in text


def test_an_order_is_dated_in_utc_whatever_the_sessions_time_zone(app: MySQL) -> None:
    with app.cursor() as cursor:
        cursor.execute("SET time_zone = '+09:00'")
        cursor.execute(INSERT_ORDER, (9_000_000_000_000_000_001,))
        cursor.execute(
            "SELECT ABS(TIMESTAMPDIFF(SECOND, ordered_at, UTC_TIMESTAMP())) FROM orders WHERE id = 9000000000000000001"
        )
        assert cursor.fetchone()[0] < 60  # type: ignore[index]  # the row was just written


def test_the_reference_data_is_whole_and_its_text_is_unharmed(app: MySQL) -> None:
    with app.cursor() as cursor:
        cursor.execute("SELECT name, city FROM customers WHERE id = 1")
        assert cursor.fetchone() == ("정민준", "서울")
        cursor.execute("SELECT COUNT(*) FROM products WHERE id <= 300")
        assert cursor.fetchone() == (300,)


def test_every_partition_carries_the_clock_in_its_own_slot(stack: Place) -> None:
    reader = connections.kafka_reader(stack.settings)
    try:
        partitions = [TopicPartition(MYSQL_ORDERS.name, number) for number in range(PARTITIONS)]
        reader.assign(partitions)
        reader.seek_to_end(*partitions)
        assert slots_of_a_few_ticks(reader) == {number: {slot} for number, slot in enumerate(TICK_SLOTS)}
    finally:
        reader.close()


def slots_of_a_few_ticks(reader: Any) -> dict[int, set[int]]:
    """Return partition -> tick slots seen there, once every partition had one."""
    seen: dict[int, set[int]] = {}
    deadline = time.monotonic() + SECONDS
    while len(seen) < PARTITIONS:
        assert time.monotonic() < deadline, f"waited {SECONDS} s for a tick in each partition, saw {seen}"
        for records in reader.poll(timeout_ms=500).values():
            for record in records:
                key = json.loads(record.key)
                if "slot" in key:
                    seen.setdefault(record.partition, set()).add(key["slot"])
    return seen
