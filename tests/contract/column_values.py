"""The captured columns, and the ends and oddities of what each can show."""

import re
from typing import Any

from orderflow.core.topics import TICK_SLOTS
from orderflow.environment import ROOT

PLACES: dict[str, str | None] = {
    "customers.id": "customer.id",
    "customers.name": "customer.name",
    "customers.email": None,
    "customers.city": "customer.city",
    "customers.country": "customer.country",
    "customers.tier": "customer.tier",
    "customers.created_at": None,
    "customers.updated_at": None,
    "products.id": "lines.product.id",
    "products.sku": "lines.product.sku",
    "products.name": "lines.product.name",
    "products.category": "lines.product.category",
    "products.price": None,
    "products.currency": None,
    "products.active": None,
    "orders.id": "order_id",
    "orders.customer_id": "customer.id",
    "orders.status": "status",
    "orders.currency": "currency",
    "orders.items_total": "items_total",
    "orders.shipping_fee": "shipping_fee",
    "orders.discount": "discount",
    "orders.total_amount": "total_amount",
    "orders.delivery_address": "delivery_address",
    "orders.delivery_city": "delivery_city",
    "orders.ordered_at": "ordered_at",
    "orders.updated_at": "updated_at",
    "order_items.order_id": "order_id",
    "order_items.line_no": "lines.line_no",
    "order_items.product_id": "lines.product.id",
    "order_items.quantity": "lines.quantity",
    "order_items.unit_price": "lines.unit_price",
    "order_ticks.slot": None,
    "order_ticks.ticked_at": None,
}
"""Captured column -> where its value stands in an order document; None: no document shows it."""

TEXTS = [
    "",
    " ",
    "x",
    "\0",
    "a\0b",
    "\x01\x02\x08\t\n\r\x1f\x7f\x80\x9f",
    "\"\\/'",
    "\u2028\u2029",
    "\u202eabc\u202c",
    "\ud7ff\ue000",
    "\uffff",
    "\ufffe",
    "\U0010ffff",
    "e\u0301",
    "한국어",
    "👩\u200d👩\u200d👧",
    "trailing   ",
    "\u00a0",
    "NULL",
    "true",
    "{}",
    "[",
    ",",
]
TIMES = [
    "0001-01-01T00:00:00Z",  # the smallest in strict mode, and a snapshot's year 0
    "0001-12-31T23:59:59Z",
    "0099-12-31T00:00:00Z",
    "1000-01-01T00:00:00Z",
    "1500-02-28T23:59:59Z",
    "1582-10-10T00:00:00Z",
    "1582-10-20T00:00:00Z",
    "1899-12-31T23:59:59.999999Z",
    "1900-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",  # 0000-00-00, 2026-00-15, and garbage without strict mode
    "1970-01-01T00:00:01.000000Z",
    "2024-02-29T12:00:00.1Z",
    "2038-01-19T03:14:07.999999Z",
    "9999-12-30T23:59:59.999999Z",
    "9999-12-31T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    None,
]


def values(kind: str) -> list[Any]:
    """Return the ends and oddities of a MySQL type, as Debezium shows them."""
    if size := re.fullmatch(r"(?:VAR)?CHAR\((\d+)\)", kind):
        return [*TEXTS, "x" * int(size[1]), "\U0010ffff" * int(size[1]), None]
    if size := re.fullmatch(r"DECIMAL\((\d+), (\d+)\)", kind):
        largest = f"{'9' * (int(size[1]) - int(size[2]))}.{'9' * int(size[2])}"
        return [largest, f"-{largest}", "0.00", "-0.01", "0.01", None]
    if re.fullmatch(r"(DATETIME|TIMESTAMP)\(6\)", kind):
        return TIMES
    return {
        "INT": [-(2**31), -1, 0, 1, 2**31 - 1, None],
        "INT UNSIGNED": [0, 1, 2**31, 2**32 - 1, None],
        "BIGINT UNSIGNED": [0, 1, 2**63 - 1, 2**63, 2**64 - 1, -1, None],  # -1: what `long` makes of 2^64-1
        "BOOLEAN": [-128, 0, 1, 127, None],
    }[kind]


WIDER: list[Any] = [
    7,
    -7,
    2**31,
    2**32,
    2**63,
    2**64,
    10**30,
    1.5,
    1e300,
    True,
    [],
    {},
    "x",
    "7",
    "1.0000",
    "1" * 30 + ".00",
    "x" * 100_000,
    "1000000000000.00",
    "10000000000000000.00",
    "2026-11-25",
    "20:15:00",
    "10000-01-01T00:00:00Z",
    "AAAA",
]
"""What a column may show after an ALTER that widens or changes its type."""


def captured() -> dict[str, str]:
    """Return "table.column" -> MySQL type, from the schema."""
    found = {}
    text = re.sub(r"--.*", "", (ROOT / "mysql-init" / "01-schema.sql").read_text())
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", text, re.DOTALL):
        for name, kind in re.findall(r"^  ([a-z_]+) +([A-Z]+(?:\([\d, ]+\))?(?: UNSIGNED)?)", body, re.MULTILINE):
            found[f"{table}.{name}"] = kind
    return found


GOOD: dict[str, dict[str, Any]] = {
    "customers": {"id": 7, "name": "n", "email": "e", "city": "c", "country": "KR", "tier": "gold"},
    "products": {"id": 8, "sku": "s", "name": "n", "category": "c"},
    "orders": {
        "id": 5, "customer_id": 7, "status": "paid", "currency": "KRW", "items_total": "1.00", "shipping_fee": "0.00",
        "discount": "0.00", "total_amount": "1.00", "delivery_address": "a", "delivery_city": "c",
        "ordered_at": "2026-11-25T00:00:00Z", "updated_at": "2026-11-25T00:00:00Z",
    },
    "order_items": {"order_id": 5, "line_no": 1, "product_id": 8, "quantity": 1, "unit_price": "1.00"},
    "order_ticks": {"slot": TICK_SLOTS[0], "ticked_at": "2026-11-25T00:00:00Z"},
}  # fmt: skip
KEYS = {
    "customers": ["id"],
    "products": ["id"],
    "orders": ["id"],
    "order_items": ["order_id", "line_no"],
    "order_ticks": ["slot"],
}
