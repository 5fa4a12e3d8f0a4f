"""MySQL and PostgreSQL spell every value alike, and every way to differ is found and named."""

from contextlib import closing
from typing import Any

import pytest

from orderflow.connections import MySQL
from orderflow.core.settings import Settings
from orderflow.load import Backlog, Load, Paced
from orderflow.reconcile import mysql, postgres
from orderflow.reconcile.comparison import compare
from orderflow.reconcile.differences import DIFFERENT, EXTRA, MISSING
from orderflow.reconcile.report import Report, TableReport
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
    "an unknown status": (("Created", *GOOD[1:]), [(3, "0.10")]),
    "a negative quantity": (GOOD, [(4, "0.10"), (-1, "0.10")]),
}


@pytest.mark.parametrize(("order", "lines"), BROKEN.values(), ids=BROKEN.keys())
def test_an_order_that_is_not_whole_must_not_be_complete(
    both: Settings, shop: MySQL, order: tuple[str, ...], lines: list[tuple[int, str]]
) -> None:
    insert(shop, 1, order, *lines)
    replica.fill(both)
    with closing(connect(both, "owner")) as connection, connection, connection.cursor() as cursor:
        for totals in ("by_city", "by_day", "by_category"):
            cursor.execute(f"TRUNCATE order_totals_{totals}")
        cursor.execute("TRUNCATE order_windows; UPDATE orders SET complete = false")
    assert report(both).verdict() == "MySQL = PostgreSQL"
    differing = spoil(both, "UPDATE orders SET complete = true")
    assert list(differing) == ["orders"]
    assert differing["orders"].differences.first[0].columns == {"complete": ("0", "1")}


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
    assert named == expected
