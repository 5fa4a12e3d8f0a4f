"""Fills PostgreSQL from MySQL the way the line would, by other means: Decimal and dicts, no SQL sums."""

import json
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from orderflow import connections
from orderflow.core.settings import Settings
from tests.component.flink.conftest import connect

GROUPS = {"cancelled": 1, "refunded": 2}
COLUMNS = (
    "order_id", "customer_id", "status", "currency", "items_total", "shipping_fee", "discount", "total_amount",
    "delivery_address", "delivery_city", "ordered_at", "updated_at", "lines", "complete", "version",
)  # fmt: skip


def fill(settings: Settings) -> None:
    """Make PostgreSQL what it ought to be for MySQL's present state."""
    orders, lines = _read(settings)
    with closing(connect(settings, "owner")) as connection, connection, connection.cursor() as cursor:
        for name, rows in _tables(orders, lines, settings.business_time_zone).items():
            cursor.execute(f"TRUNCATE {name}")
            for row in rows:
                columns = f"({', '.join(COLUMNS)})" if name == "orders" else ""
                cursor.execute(f"INSERT INTO {name} {columns} VALUES ({', '.join(['%s'] * len(row))})", row)


def _read(settings: Settings) -> tuple[list[dict[str, Any]], dict[int, list[dict[str, Any]]]]:
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with closing(connections.mysql(settings)) as connection, connection.cursor() as cursor:
        found = _dicts(cursor, "SELECT i.*, p.category FROM order_items i JOIN products p ON p.id = i.product_id")
        for line in found:
            lines[line["order_id"]].append(line)
        return _dicts(cursor, "SELECT * FROM orders"), lines


def _dicts(cursor: Any, sql: str) -> list[dict[str, Any]]:
    cursor.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _tables(
    orders: list[dict[str, Any]], lines: dict[int, list[dict[str, Any]]], zone: str
) -> dict[str, Iterable[tuple[Any, ...]]]:
    whole = [order for order in orders if _whole(order, lines[order["id"]])]
    by_city, by_day = _money(whole, _city), _money(whole, lambda order: _day(order, zone))
    return {
        "orders": [_order_row(order, lines[order["id"]]) for order in orders],
        "order_totals_by_city": by_city,
        "order_totals_by_day": by_day,
        "order_totals_by_category": _categories(whole, lines),
        "order_windows": _windows(whole),
    }


def _whole(order: dict[str, Any], lines: list[dict[str, Any]]) -> bool:
    items = sum((line["quantity"] * line["unit_price"] for line in lines), Decimal(0))
    total = order["items_total"] + order["shipping_fee"] - order["discount"]
    return bool(lines) and items == order["items_total"] and total == order["total_amount"]


def _order_row(order: dict[str, Any], lines: list[dict[str, Any]]) -> tuple[Any, ...]:
    document = [
        {"line_no": line["line_no"], "product": {"id": line["product_id"], "category": line["category"]},
         "quantity": line["quantity"], "unit_price": str(line["unit_price"]),
         "line_total": str(line["quantity"] * line["unit_price"])}
        for line in lines
    ]  # fmt: skip
    values = [order["id"], *(order[column] for column in COLUMNS[1:10])]
    times = (order[column].replace(tzinfo=UTC) for column in ("ordered_at", "updated_at"))
    return (*values, *times, json.dumps(document), _whole(order, lines), 1)


def _city(order: dict[str, Any]) -> str:
    return str(order["delivery_city"])


def _day(order: dict[str, Any], zone: str) -> str:
    at: datetime = order["ordered_at"].replace(tzinfo=UTC)
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def _money(whole: list[dict[str, Any]], group: Any) -> list[tuple[Any, ...]]:
    cells: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [0, Decimal(0)] * 3)
    for order in whole:
        row, place = cells[group(order), order["currency"]], 2 * GROUPS.get(order["status"], 0)
        row[place] += 1
        row[place + 1] += order["total_amount"]
    return [(*key, *row) for key, row in cells.items()]


def _categories(whole: list[dict[str, Any]], lines: dict[int, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    cells: dict[tuple[str, str], list[Any]] = defaultdict(_no_lines)
    for order in whole:
        for line in lines[order["id"]]:
            row, place = cells[line["category"], order["currency"]], 3 * GROUPS.get(order["status"], 0)
            row[place].add(order["id"])
            row[place + 1] += line["quantity"]
            row[place + 2] += line["quantity"] * line["unit_price"]
    return [(*key, *(len(cell) if isinstance(cell, set) else cell for cell in row)) for key, row in cells.items()]


def _no_lines() -> list[Any]:
    return [set(), 0, Decimal(0), set(), 0, Decimal(0), set(), 0, Decimal(0)]


def _windows(whole: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    cells: dict[tuple[datetime, str], list[dict[str, Any]]] = defaultdict(list)
    for order in whole:
        at: datetime = order["ordered_at"].replace(tzinfo=UTC)
        start = at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
        if order["status"] not in GROUPS:
            cells[start, order["currency"]].append(order)
    return [
        (
            *key,
            len(found),
            sum(order["total_amount"] for order in found),
            len({order["customer_id"] for order in found}),
        )
        for key, found in cells.items()
    ]
