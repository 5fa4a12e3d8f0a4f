import json
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection

from flink import schema
from flink.schema import Migration, SchemaError
from orderflow.core.settings import Settings
from tests.component.flink.conftest import connect

UPSERT = """
INSERT INTO orders (order_id, complete, version, status, lines) VALUES (%s, true, %s, %s, %s)
ON CONFLICT (order_id) DO UPDATE SET complete = EXCLUDED.complete, version = EXCLUDED.version,
  status = EXCLUDED.status, lines = EXCLUDED.lines"""


def line(number: int, quantity: int = 1, price: str = "10.50") -> dict[str, Any]:
    product = {"id": 7, "sku": "SKU-7", "name": "이름", "category": None}
    total = f"{Decimal(price) * quantity:.2f}"
    return {"line_no": number, "product": product, "quantity": quantity, "unit_price": price, "line_total": total}


def store(writer: connection, order_id: int, version: int, lines: list[dict[str, Any]], status: str = "paid") -> None:
    with writer.cursor() as cursor:
        cursor.execute(UPSERT, (order_id, version, status, json.dumps(lines)))


def rows(session: connection, query: str) -> list[tuple[Any, ...]]:
    with session.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def items(writer: connection) -> list[tuple[Any, ...]]:
    return rows(writer, "SELECT order_id, line_no, quantity, line_total FROM order_items ORDER BY 1, 2")


def test_a_second_run_applies_nothing(database: Settings) -> None:
    owner = connect(database, "owner")
    assert schema.apply(owner, database, schema.migrations()) == [file.name for file in schema.migrations()]
    assert schema.apply(owner, database, schema.migrations()) == []
    owner.close()


def test_a_changed_file_is_refused(migrated: Settings) -> None:
    owner = connect(migrated, "owner")
    first, *others = schema.migrations()
    with pytest.raises(SchemaError, match=f"{first.name}.sql was changed"):
        schema.apply(owner, migrated, [Migration(first.name, first.text + "-- more"), *others])
    owner.close()


def test_a_checkout_older_than_the_database_is_refused(migrated: Settings) -> None:
    owner = connect(migrated, "owner")
    with pytest.raises(SchemaError, match="older than the database"):
        schema.apply(owner, migrated, schema.migrations()[:-1])
    owner.close()


def test_a_failing_file_leaves_nothing_behind(migrated: Settings) -> None:
    owner = connect(migrated, "owner")
    broken = Migration("900-broken", "CREATE TABLE half (id int); SELECT no_such_function();")
    with pytest.raises(psycopg2.Error, match="no_such_function"):
        schema.apply(owner, migrated, [*schema.migrations(), broken])
    assert rows(owner, "SELECT to_regclass('half'), count(*) FROM schema_migrations WHERE name = '900-broken'") == [
        (None, 0)
    ]
    owner.close()


def test_passwords_follow_the_settings(migrated: Settings) -> None:
    owner = connect(migrated, "owner")
    with owner.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {migrated.postgres_reader} PASSWORD 'forgotten'")
    owner.commit()
    with pytest.raises(psycopg2.OperationalError):
        connect(migrated, "reader")
    schema.apply(owner, migrated, schema.migrations())
    connect(migrated, "reader").close()
    owner.close()


@pytest.mark.parametrize(
    ("role", "forbidden"),
    [
        ("reader", "DELETE FROM orders"),
        ("reader", "CREATE TABLE mine (id int)"),
        ("reader", "SELECT * FROM schema_migrations"),
        ("writer", "DELETE FROM order_items"),
        ("writer", "INSERT INTO order_items SELECT * FROM order_items"),
        ("writer", "CREATE TABLE mine (id int)"),
        ("writer", "ALTER TABLE orders DISABLE TRIGGER ALL"),
        ("writer", "UPDATE schema_migrations SET checksum = ''"),
    ],
)
def test_roles_may_do_no_more_than_they_need(migrated: Settings, role: str, forbidden: str) -> None:
    session = connect(migrated, role)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), session.cursor() as cursor:
        cursor.execute(forbidden)
    session.close()


def test_the_reader_sees_every_table(migrated: Settings) -> None:
    reader = connect(migrated, "reader")
    for table in ("orders", "order_items", "order_totals_by_city", "order_totals_by_category", "order_totals_by_day"):
        assert rows(reader, f"SELECT count(*) FROM {table}") == [(0,)]
    reader.close()


def test_lines_become_items(writer: connection) -> None:
    store(writer, 1, 10, [line(1), line(3, quantity=2)])
    assert rows(writer, "SELECT * FROM order_items ORDER BY line_no") == [
        (1, 1, 7, "SKU-7", "이름", None, 1, Decimal("10.50"), Decimal("10.50")),
        (1, 3, 7, "SKU-7", "이름", None, 2, Decimal("10.50"), Decimal("21.00")),
    ]


def test_items_follow_lines_added_changed_and_removed(writer: connection) -> None:
    store(writer, 1, 10, [line(1), line(2), line(3)])
    store(writer, 2, 10, [line(1)])
    store(writer, 1, 11, [line(2, quantity=5), line(3), line(4)])
    assert items(writer) == [
        (1, 2, 5, Decimal("52.50")),
        (1, 3, 1, Decimal("10.50")),
        (1, 4, 1, Decimal("10.50")),
        (2, 1, 1, Decimal("10.50")),
    ]


def test_a_batch_changes_the_items_of_every_order_in_it(writer: connection) -> None:
    for order_id in (1, 2, 3):
        store(writer, order_id, 10, [line(1), line(2)])
    with writer.cursor() as cursor:
        cursor.execute("UPDATE orders SET version = 11, lines = lines - 0 WHERE order_id IN (1, 3)")
    assert [row[:2] for row in items(writer)] == [(1, 2), (2, 1), (2, 2), (3, 2)]


def test_equal_lines_leave_the_items_alone(writer: connection) -> None:
    store(writer, 1, 10, [line(1), line(2)])
    before = rows(writer, "SELECT ctid, xmin::text FROM order_items ORDER BY line_no")
    store(writer, 1, 11, [line(1), line(2)], status="shipped")
    assert rows(writer, "SELECT ctid, xmin::text FROM order_items ORDER BY line_no") == before
    assert rows(writer, "SELECT version, status FROM orders") == [(11, "shipped")]


def test_only_the_changed_line_is_written(writer: connection) -> None:
    store(writer, 1, 10, [line(1), line(2)])
    before = rows(writer, "SELECT xmin::text FROM order_items WHERE line_no = 1")
    store(writer, 1, 11, [line(1), line(2, quantity=9)])
    assert rows(writer, "SELECT xmin::text FROM order_items WHERE line_no = 1") == before


def test_an_older_document_changes_neither_order_nor_items(writer: connection) -> None:
    store(writer, 1, 20, [line(1)], status="shipped")
    store(writer, 1, 19, [line(2), line(3)], status="created")
    assert rows(writer, "SELECT version, status FROM orders") == [(20, "shipped")]
    assert [row[:2] for row in items(writer)] == [(1, 1)]


def test_of_equal_versions_the_later_write_stays(writer: connection) -> None:
    store(writer, 1, 20, [line(1)])
    store(writer, 1, 20, [line(2)])
    assert [row[:2] for row in items(writer)] == [(1, 2)]


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM order_items WHERE line_no = 1",
        "UPDATE order_items SET quantity = 99, product_name = 'x' WHERE line_no = 2",
        "INSERT INTO order_items SELECT order_id, 77, product_id, '', '', '', 1, 1, 1 FROM order_items LIMIT 1",
        "TRUNCATE order_items",
        "DELETE FROM orders",
        "ALTER TABLE orders DISABLE TRIGGER USER; DELETE FROM orders; ALTER TABLE orders ENABLE TRIGGER USER",
    ],
)
def test_touching_an_order_mends_what_a_hand_did_to_it(migrated: Settings, writer: connection, damage: str) -> None:
    store(writer, 1, 10, [line(1), line(2)])
    whole = rows(writer, "SELECT * FROM order_items ORDER BY line_no")
    owner = connect(migrated, "owner")
    with owner, owner.cursor() as cursor:
        cursor.execute(damage)
    owner.close()
    store(writer, 1, 11, [line(1), line(2)])
    assert rows(writer, "SELECT * FROM order_items ORDER BY line_no") == whole
    assert rows(writer, "SELECT version, complete FROM orders") == [(11, True)]


def test_a_row_of_nulls_changes_nothing(writer: connection) -> None:
    store(writer, 1, 10, [line(1)])
    with writer.cursor() as cursor:
        for order_id in (1, 2):
            cursor.execute(UPSERT.replace("true", "NULL"), (order_id, None, None, None))
    assert rows(writer, "SELECT order_id, version FROM orders") == [(1, 10)]
    assert len(items(writer)) == 1


def test_the_largest_line_number_of_mysql_fits(writer: connection) -> None:
    store(writer, 1, 10, [line(2**32 - 1)])
    assert [row[:2] for row in items(writer)] == [(1, 2**32 - 1)]


def test_a_deleted_order_takes_its_items_along_and_may_return(writer: connection) -> None:
    store(writer, 1, 10, [line(1), line(2)])
    store(writer, 2, 10, [line(1)])
    with writer.cursor() as cursor:
        cursor.execute("DELETE FROM orders WHERE order_id = 1")
    assert [row[:2] for row in items(writer)] == [(2, 1)]
    store(writer, 1, 5, [line(9)])
    assert [row[:2] for row in items(writer)] == [(1, 9), (2, 1)]


def test_emptied_orders_leave_no_items(writer: connection) -> None:
    store(writer, 1, 10, [line(1)])
    with writer.cursor() as cursor:
        cursor.execute("TRUNCATE orders")
    assert items(writer) == []


def test_stored_at_is_the_databases_own_clock(writer: connection) -> None:
    store(writer, 1, 10, [line(1)])
    first = rows(writer, "SELECT stored_at FROM orders WHERE stored_at BETWEEN now() - interval '1 min' AND now()")
    store(writer, 1, 10, [line(1)])
    second = rows(writer, "SELECT stored_at FROM orders")
    assert len(first) == 1
    assert second[0][0] > first[0][0]


def test_twenty_thousand_lines_change_within_seconds(writer: connection) -> None:
    many = [line(number) for number in range(1, 20_001)]
    with writer.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10s'")
    store(writer, 1, 10, many)
    store(writer, 1, 11, [line(1, quantity=2), *many[2:]])
    assert rows(writer, "SELECT count(*), sum(quantity) FROM order_items") == [(19_999, 20_000)]
