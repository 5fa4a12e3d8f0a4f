"""MySQL and PostgreSQL spell every value alike, and every way to differ is found and named."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from orderflow.connections import MySQL
from orderflow.core import checks
from orderflow.core.envelope import OrderRow
from orderflow.core.settings import Settings
from orderflow.load import Backlog, Load, Paced
from orderflow.reconcile import mysql, postgres, totals
from orderflow.reconcile.comparison import compare
from orderflow.reconcile.differences import DIFFERENT, EXTRA, MISSING
from orderflow.reconcile.report import Report, TableReport
from orderflow.reconcile.tables import GOOD_ORDER, NOT_COMPARED, ROW_TABLES, STORED_LINES
from tests.component.flink.conftest import connect
from tests.component.reconcile import replica

LOAD_SECONDS = 60.0
ORDER = (
    "INSERT INTO orders (id, customer_id, status, currency, items_total, shipping_fee, discount, total_amount,"
    " delivery_address, delivery_city, ordered_at) VALUES (%s, 1, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
LINE = "INSERT INTO order_items VALUES (%s, %s, 1, %s, %s)"
GOOD = ("created", "EUR", "0.30", "0.00", "0.00", "0.30", "1 Nathan Road", "Łódź", "2026-11-24 14:59:59.999999")


def insert(shop: MySQL, order_id: int, order: tuple[str, ...] = GOOD, *lines: tuple[int, str]) -> None:
    with shop.cursor() as cursor:
        cursor.execute(ORDER, (order_id, *order))
        for line_no, (quantity, price) in enumerate(lines, 1):
            cursor.execute(LINE, (order_id, line_no, quantity, price))
    shop.commit()


def statement(shop: MySQL, sql: str) -> None:
    with shop.cursor() as cursor:
        cursor.execute(sql)
    shop.commit()


def report(settings: Settings) -> Report:
    with mysql.snapshot(settings) as source, postgres.snapshot(settings) as target:
        return Report(compare(source, target, settings.business_time_zone, lambda line: None))


def run(settings: Settings, what: Paced | Backlog) -> None:
    load = Load(settings, what, 1, print)
    load.start()
    assert load.wait(LOAD_SECONDS)
    assert load.summary().orders == what.orders


def spoil(settings: Settings, sql: str) -> dict[str, TableReport]:
    """Change PostgreSQL behind the line's back; return the tables that differ."""
    with closing(connect(settings, "owner")) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
    return {table.name: table for table in report(settings).tables if not table.equal}


def test_an_empty_shop_equals_empty_tables(both: Settings) -> None:
    assert report(both).verdict() == "MySQL = PostgreSQL"


@pytest.mark.parametrize("what", [Paced(rate=2000.0, orders=800), Backlog(orders=2500)])
def test_a_generated_shop_equals_its_replica(both: Settings, what: Paced | Backlog) -> None:
    run(both, what)
    replica.fill(both)
    found = report(both)
    assert list(found.lines())[-1] == "MySQL = PostgreSQL"
    assert found.tables[0].mysql_rows > what.orders * 0.8
    assert all(table.mysql_rows for table in found.tables)


AWKWARD = {
    "empty texts": ("created", "EUR", "0.30", "0.00", "0.00", "0.30", "", "", GOOD[8]),
    "borders, quotes, emoji": ("created", "EUR", "0.30", "0.00", "0.00", "0.30", "1:-|'\"\\%s😀", "가나다 ", GOOD[8]),
    "a decomposed accent": ("created", "EUR", "0.30", "0.00", "0.00", "0.30", "x", "Ko\u0308ln", GOOD[8]),
    "the largest money": (
        "paid",
        "KRW",
        "0.30",
        "9999999999999999.00",
        "0.00",
        "9999999999999999.30",
        "x",
        "y",
        GOOD[8],
    ),
    "a negative total": ("paid", "KRW", "0.30", "0.00", "0.31", "-0.01", "x", "y", GOOD[8]),
    "no microseconds": ("refunded", "JPY", "0.30", "0.00", "0.00", "0.30", "x", "y", "2026-11-24 15:00:00"),
    "a leap day": ("cancelled", "JPY", "0.30", "0.00", "0.00", "0.30", "x", "y", "2024-02-29 23:59:59.000001"),
}


@pytest.mark.parametrize("order", AWKWARD.values(), ids=AWKWARD.keys())
def test_both_databases_spell_awkward_values_alike(both: Settings, shop: MySQL, order: tuple[str, ...]) -> None:
    insert(shop, 1, order, (1, "0.10"), (1, "0.20"))
    replica.fill(both)
    assert report(both).verdict() == "MySQL = PostgreSQL"


def test_cities_that_mysql_thinks_alike_are_groups_of_their_own(both: Settings, shop: MySQL) -> None:
    for order_id, city in enumerate(("Łódź", "Lodz", "lodz", "LODZ "), 1):
        insert(shop, order_id, (*GOOD[:7], city, GOOD[8]), (3, "0.10"))
    replica.fill(both)
    found = report(both)
    assert found.equal
    assert {table.name: table.mysql_rows for table in found.tables}["order_totals_by_city"] == 4


BROKEN: dict[str, tuple[tuple[str, ...], list[tuple[int, str]]]] = {
    "no lines": (GOOD, []),
    "lines that do not add up": (GOOD, [(1, "0.10")]),
    "a total that does not add up": ((*GOOD[:5], "0.31", *GOOD[6:]), [(3, "0.10")]),
}


@pytest.mark.parametrize(("order", "lines"), BROKEN.values(), ids=BROKEN.keys())
def test_an_order_that_is_not_whole_must_not_be_complete(
    both: Settings, shop: MySQL, order: tuple[str, ...], lines: list[tuple[int, str]]
) -> None:
    insert(shop, 1, order, *lines)
    replica.fill(both)
    assert report(both).verdict() == "MySQL = PostgreSQL"
    differing = spoil(both, "UPDATE orders SET complete = true")
    assert differing["orders"].differences.first[0].columns == {"complete": ("0", "1")}


def test_a_product_that_moves_to_another_category_changes_no_order(both: Settings, shop: MySQL) -> None:
    insert(shop, 1, GOOD, (3, "0.10"))
    replica.fill(both)
    statement(shop, "UPDATE products SET category = CONCAT(category, ' II'), name = UPPER(name) WHERE id = 1")
    statement(shop, "UPDATE customers SET city = 'elsewhere', tier = 'gold', name = LOWER(name) WHERE id = 1")
    assert report(both).verdict() == "MySQL = PostgreSQL"


REFUSED_ROWS = {
    "a status": ("UPDATE orders SET status = 'Created' WHERE id = 1", "rejected: order"),
    "a NUL": ("UPDATE orders SET delivery_city = CONCAT('a', CHAR(0)) WHERE id = 1", "rejected: order"),
    "a time": ("UPDATE orders SET ordered_at = '9999-12-31' WHERE id = 1", "rejected: order"),
    "a quantity": ("UPDATE order_items SET quantity = -1 WHERE order_id = 1", "rejected: line 1"),
    "a line's sum": ("UPDATE order_items SET unit_price = 999999999999.99, quantity = 2147483647", "rejected: line 1"),
    "a customer": ("UPDATE customers SET name = CONCAT(name, CHAR(0)) WHERE id = 1", "customer 1 unknown"),
    "a product": ("UPDATE products SET category = CONCAT(category, CHAR(0)) WHERE id = 1", "product 1 unknown"),
}


@pytest.mark.parametrize(("sql", "reason"), REFUSED_ROWS.values(), ids=REFUSED_ROWS.keys())
def test_a_refused_row_is_named_as_refused_while_postgresql_shows_the_order_as_it_was(
    both: Settings, shop: MySQL, sql: str, reason: str
) -> None:
    insert(shop, 1, GOOD, (3, "0.10"))
    replica.fill(both)
    try:
        statement(shop, sql)
        flag = f"UPDATE orders SET complete = false, incomplete_reason = '{reason}'"
        assert not spoil(both, f"{flag}; {NO_TOTALS}")
        found = report(both)
        assert found.verdict() in [f"MySQL = PostgreSQL, {n} rows refused (see orders-dlq)" for n in (1, 2)]
        assert found.exit_code == 0
        if "line" not in reason:  # with a refused line no order is whole, whatever its reason says
            assert spoil(both, "UPDATE orders SET incomplete_reason = 'no lines'"), "flagged for no good reason"
    finally:
        statement(shop, "UPDATE customers SET name = REPLACE(name, CHAR(0), '') WHERE id = 1")
        statement(shop, "UPDATE products SET category = REPLACE(category, CHAR(0), '') WHERE id = 1")


NO_TOTALS = "; ".join(
    f"TRUNCATE {table}"
    for table in ("order_totals_by_city", "order_totals_by_day", "order_totals_by_category", "order_windows")
)

ODD = {
    "status": ["created", "Created", "créated", "created ", "", "teleported"],
    "delivery_city": ["", " ", "Łódź", "a\0", "\0"],
    "delivery_address": ["", "\0", "가" * 500],
    "currency": ["KRW", "krw", "", "K\0W"],
    "ordered_at": [
        "0000-00-00", "2026-00-15", "2026-02-00", "0001-01-01", "1582-10-10",
        "1899-12-31 23:59:59.999999",
        "1900-01-01", "1970-01-01", "1970-01-01 00:00:00.000001", "2024-02-29", "2038-01-19 03:14:08",
        "9999-12-30 23:59:59.999999", "9999-12-31",
    ],
    "updated_at": ["0000-00-00", "1970-01-01 00:00:01", "2038-01-19 03:14:07.999999"],
    "total_amount": ["9999999999999999.99", "-9999999999999999.99", "-0.00"],
}  # fmt: skip


@pytest.mark.parametrize("column", ODD)
def test_both_sides_refuse_the_same_rows(both: Settings, shop: MySQL, column: str) -> None:
    with shop.cursor() as cursor:
        cursor.execute("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'")
    for order_id, value in enumerate(ODD[column], 1):
        insert(shop, order_id, GOOD, (3, "0.10"))
        with shop.cursor() as cursor:
            cursor.execute(f"UPDATE orders SET updated_at = updated_at, {column} = %s WHERE id = %s", (value, order_id))
        shop.commit()
    for order_id, good, row in orders_as_captured(shop):
        assert good == (checks.refuse_order(row) is None), f"order {order_id}: {getattr(row, column)!r}"


def orders_as_captured(shop: MySQL) -> Iterator[tuple[int, bool, OrderRow]]:
    """Yield (id, does MySQL's side take it, the row as Debezium sends it)."""
    columns = ("customer_id", "status", "currency", "items_total", "shipping_fee", "discount", "total_amount",
               "delivery_address", "delivery_city")  # fmt: skip
    at = "DATE_FORMAT(%s, '%%Y-%%m-%%dT%%H:%%i:%%s.%%fZ')"
    with shop.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {GOOD_ORDER}, {', '.join(columns)}, {at % 'ordered_at'}, {at % 'updated_at'} FROM orders o"
        )
        for id, good, customer, *texts in cursor.fetchall():
            values = dict(zip(columns[1:], map(str, texts), strict=False))
            ordered_at, updated_at = map(captured, texts[-2:])
            yield id, bool(good), OrderRow(id, customer, **values, ordered_at=ordered_at, updated_at=updated_at)


def captured(text: str) -> str:
    """Return a time as it arrives: one that holds a zero is the start of 1970 (core.times)."""
    return "1970-01-01T00:00:00Z" if "-00" in text[:10] or text.startswith("0000") else text


def test_every_column_is_compared_or_stands_in_a_list_with_its_reason(both: Settings) -> None:
    compared = {f"{table.name}.{column.postgres}" for table in ROW_TABLES for column in table.columns}
    compared |= {f"order_items.{column.postgres}" for column in STORED_LINES.columns} | {"orders.lines"}
    compared |= {f"{table.name}.{column}" for table in totals.ALL for column in table.names}
    with closing(connect(both, "owner")) as owner, owner.cursor() as cursor:  # the reader does not see all tables
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        stored = cursor.fetchall()
    named = {name for table, column in stored for name in (f"{table}.{column}", table)}
    left = {f"{table}.{column}" for table, column in stored if table not in NOT_COMPARED} - compared
    assert left == {name for name in NOT_COMPARED if "." in name}
    assert named >= NOT_COMPARED.keys(), "a reason for what is not there"


SPOILS: dict[str, tuple[str, dict[str, list[tuple[Any, str]]]]] = {
    "an order is gone": (
        "DELETE FROM orders WHERE order_id = 1",
        {"orders": [(("1",), MISSING)], "order_items": [(("1", "1"), MISSING)]},
    ),
    "an order is too many": (
        "INSERT INTO orders (order_id, lines, complete, version) VALUES (5000, '[]', false, 1)",
        {"orders": [(("5000",), EXTRA)]},
    ),
    "a cent is missing": (
        "UPDATE orders SET total_amount = 0.29 WHERE order_id = 3000",
        {"orders": [(("3000",), DIFFERENT)]},
    ),
    "a text is empty": ("UPDATE orders SET delivery_city = '' WHERE order_id = 1", {"orders": [(("1",), DIFFERENT)]}),
    "a text is NULL": ("UPDATE orders SET delivery_city = NULL WHERE order_id = 2", {"orders": [(("2",), DIFFERENT)]}),
    "a microsecond": (
        "UPDATE orders SET ordered_at = ordered_at + interval '1 microsecond' WHERE order_id = 1",
        {"orders": [(("1",), DIFFERENT)]},
    ),
    "a line differs": (
        "UPDATE order_items SET quantity = 4 WHERE order_id = 3000",
        {"order_items": [(("3000", "1"), DIFFERENT)]},
    ),
    "lines that are not order_items": (
        "SET session_replication_role = replica; "
        "UPDATE orders SET lines = jsonb_set(lines, '{0,product,category}', '\"x\"') WHERE order_id = 2",
        {"orders.lines": [(("2", "1"), DIFFERENT)]},
    ),
    "a city's revenue": (
        "UPDATE order_totals_by_city SET revenue = revenue + 0.01",
        {"order_totals_by_city": [(("Łódź", "EUR"), DIFFERENT)]},
    ),
    "a day is gone": (
        "DELETE FROM order_totals_by_day",
        {"order_totals_by_day": [(("2026-11-24", "EUR"), MISSING)]},
    ),
    "a window is too many": (
        "INSERT INTO order_windows VALUES ('2020-01-01 00:00Z', 'EUR', 0, 0, 0)",
        {"order_windows": [(("2020-01-01 00:00:00.000000", "EUR"), EXTRA)]},
    ),
}


FOLLOW = {table.name for table in totals.ALL} | {"orders.lines"}


@pytest.mark.parametrize(("sql", "expected"), SPOILS.values(), ids=SPOILS.keys())
def test_every_difference_is_named_where_it_is(
    both: Settings, shop: MySQL, sql: str, expected: dict[str, list[tuple[Any, str]]]
) -> None:
    for order_id in (1, 2, 3000):
        insert(shop, order_id, GOOD, (3, "0.10"))
    replica.fill(both)
    found = spoil(both, sql)
    named = {
        name: [(difference.key, difference.kind) for difference in table.differences.first]
        for name, table in found.items()
    }
    assert expected.items() <= named.items()
    assert named.keys() - expected.keys() <= FOLLOW, "where rows differ, what is counted from them differs too"
