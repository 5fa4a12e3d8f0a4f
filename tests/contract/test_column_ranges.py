"""Whatever MySQL takes either fits Flink's and PostgreSQL's types or is refused by the core: every captured column.

The values are the smallest, largest, empty, longest and oddest of each MySQL type, as Debezium shows them, with strict
mode and without. A new column needs an entry in PLACES, a new type one in `values`.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest

from flink import columns, schema
from orderflow.core import document
from orderflow.core.checks import check
from orderflow.core.codec import encode_document
from orderflow.core.envelope import LineChange, OrderChange, Rejected, TickChange, decode
from orderflow.core.messages import Customer, OrderDocument, Product
from orderflow.core.reference import Reference, Refused, decode_customer, decode_product
from orderflow.core.topics import CAPTURED_TABLES, TICK_SLOTS
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

POSTGRES: dict[str, list[str]] = {
    "order_id": ["orders.order_id", "order_items.order_id"],
    "customer.id": ["orders.customer_id"],
    "customer.name": ["orders.customer_name"],
    "customer.city": ["orders.customer_city"],
    "customer.country": ["orders.customer_country"],
    "customer.tier": ["orders.customer_tier"],
    "lines.product.id": ["order_items.product_id"],
    "lines.product.sku": ["order_items.product_sku"],
    "lines.product.name": ["order_items.product_name"],
    "lines.product.category": ["order_items.category", "order_totals_by_category.category"],
    "lines.line_no": ["order_items.line_no", "recordset.line_no"],
    "lines.quantity": ["order_items.quantity", "recordset.quantity"],
    "lines.unit_price": ["order_items.unit_price", "recordset.unit_price"],
    "lines.line_total": ["order_items.line_total", "recordset.line_total"],
}
"""Place in the document -> the PostgreSQL columns it goes to; other places have their name in `orders`."""

KEYS_OF_TOTALS = {"delivery_city": "currency", "lines.product.category": "currency"}
LARGEST_KEY_BYTES = 2704
"""What PostgreSQL's btree takes a row."""

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


def passed(table: str, row: dict[str, Any]) -> Any:
    """Return what the core makes of the row: a change or reference, or None if it refuses it."""
    key = json.dumps({name: row[name] for name in KEYS[table]}).encode()
    source = {"file": "binlog.000001", "pos": 4, "row": 0, "ts_us": 1, "gtid": "u:1", "snapshot": "false"}
    value = json.dumps({"before": None, "after": row, "source": source, "op": "c", "ts_us": 2}).encode()
    if CAPTURED_TABLES[table].name == "mysql-orders":
        change = decode(key, value, 1)
        refused = isinstance(change, Rejected) or (not isinstance(change, TickChange) and check(change))
        return None if refused else change
    found = (decode_customer if table == "customers" else decode_product)(key, value)
    return None if isinstance(found, Refused) else found


class Known:
    """The references of a document under test."""

    def __init__(self, customer: Customer | None = None, product: Product | None = None) -> None:
        self.known_customer, self.known_product = customer or Customer(7), product or Product(8)

    def customer(self, id: int) -> Customer:
        return self.known_customer

    def product(self, id: int) -> Product:
        return self.known_product


def published(found: Any) -> dict[str, Any]:
    """Return the document, as published, of an order with this change or reference in it."""
    doc = OrderDocument(getattr(found, "order_id", 5))
    known = Known()
    changes = [passed("orders", GOOD["orders"]), passed("order_items", GOOD["order_items"])]
    if isinstance(found, Reference):
        is_customer = isinstance(found.row, Customer)
        known = Known(found.row, None) if is_customer else Known(None, found.row)
    elif isinstance(found, OrderChange):
        changes[0] = found
    elif isinstance(found, LineChange):
        changes[1] = found
    for offset, change in enumerate(changes):
        change.origin.committed_us, change.origin.offset = doc.version + 1, offset
        assert document.apply(doc, change, "topic")
    document.fill(doc, known)
    decoded: dict[str, Any] = msgspec.json.decode(encode_document(doc))
    return decoded


def at(doc: dict[str, Any], place: str) -> Any:
    found: Any = doc
    for name in place.split("."):
        found = found[0] if isinstance(found, list) else found
        found = found[name]
    return found


def flink_types(place: str) -> list[str]:
    """Return the type that each of Flink's sources declares for the place; text read as a whole declares none."""
    sources: dict[str, columns.Columns] = getattr(columns, "SOURCES", {"processed_orders": columns.DOCUMENT})
    found = []
    for source in sources.values():
        kind = _declared(source, place.split("."))
        if kind is not None:
            found.append(kind)
    return found


def _declared(fields: columns.Columns, path: list[str]) -> str | None:
    kind = fields.get(path[0])
    if kind is None or len(path) == 1:
        return kind
    row = re.fullmatch(r"(?:ARRAY<)?ROW<(.*?)>>?", kind)
    return _declared(dict(_fields(row[1] + (">" if "ROW<" in row[1] else ""))), path[1:]) if row else None


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Split `a INT, b ROW<c INT>` at its outermost commas."""
    for part in re.findall(r"(?:[^,<>()]|<[^<>]*>|\([^()]*\))+", text):
        name, kind = part.strip().split(" ", 1)
        yield name.strip("`"), kind


def postgres_types() -> dict[str, str]:
    """Return "table.column" -> type by the newest of the SQL files; "recordset" is what reads the lines' JSON."""
    text = re.sub(r"--.*", "", "\n".join(file.text for file in schema.migrations()))
    kind = r"([a-z]+(?:\(\d+, \d+\))?)"
    found = {}
    for table, body in re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\)", text, re.DOTALL):
        found.update({f"{table}.{name}": type for name, type in re.findall(rf"^  (\w+) +{kind}", body, re.MULTILINE)})
    for table, actions in re.findall(r"ALTER TABLE (\w+)([^;]*);", text):
        for name, type in re.findall(rf"ALTER (?:COLUMN )?(\w+) (?:SET DATA )?TYPE {kind}", actions):
            found[f"{table}.{name}"] = type
    body = re.findall(r"jsonb_to_recordset\(\w+\)\s+AS \w+\((.*)\)", text)[-1]
    found.update({f"recordset.{name}": type for name, type in re.findall(rf"(\w+) {kind}", body)})
    return found


def fits(kind: str, value: Any) -> bool:
    """Say whether a value of the document, not null, fits a type of Flink or PostgreSQL."""
    if size := re.fullmatch(r"(?:DECIMAL|numeric)\((\d+), 2\)", kind):
        return bool(re.fullmatch(rf"-?[0-9]{{1,{int(size[1]) - 2}}}\.[0-9]{{2}}", value, re.ASCII))
    if kind in ("STRING", "text"):
        return isinstance(value, str) and "\0" not in value and bool(value.encode() or True)
    if kind in ("TIMESTAMP_LTZ(6)", "timestamptz"):
        return bool(re.fullmatch(r"....-..-..T..:..:..\.......Z", value)) and datetime.fromisoformat(value).year >= 1900
    bits = {"BIGINT": 63, "bigint": 63, "INT": 31, "integer": 31}[kind]
    return type(value) is int and -(2**bits) <= value < 2**bits


def assert_fits(doc: dict[str, Any], place: str) -> None:
    value = at(doc, place)
    if value is None:
        return
    kinds = postgres_types()
    targets = POSTGRES.get(place, [f"orders.{place}"])
    for kind in [*flink_types(place), *(kinds[target] for target in targets)]:
        assert fits(kind, value), f"{place} {value!r} does not fit {kind}"


def cases() -> Iterator[Any]:
    for column, kind in captured().items():
        for number, value in enumerate(values(kind)):
            yield pytest.param(column, value, id=f"{column}-{number}")


def test_every_captured_column_has_its_place() -> None:
    assert set(captured()) == set(PLACES)
    assert {name.split(".")[0] for name in PLACES} == set(CAPTURED_TABLES)
    declared = [place for place in PLACES.values() if place and flink_types(place)]
    assert declared, "Flink's types are found"
    assert {"BIGINT"} <= set(flink_types("order_id") + flink_types("customer.id"))


@pytest.mark.parametrize(("column", "value"), list(cases()))
def test_a_value_fits_or_is_refused(column: str, value: Any) -> None:
    table, name = column.split(".")
    found = passed(table, GOOD[table] | {name: value})
    place = PLACES[column]
    if found is not None and place is not None:
        assert_fits(published(found), place)


@pytest.mark.parametrize("price", ["999999999999.99", "-999999999999.99", "0.01"])
@pytest.mark.parametrize("quantity", [0, 1, 10_000, 10_001, 2**31 - 1])
def test_a_line_total_fits_or_is_refused(quantity: int, price: str) -> None:
    found = passed("order_items", GOOD["order_items"] | {"quantity": quantity, "unit_price": price})
    if found is not None:
        doc = published(found)
        assert_fits(doc, "lines.line_total")
        assert fits("DECIMAL(18, 2)", at(doc, "lines.line_total")), "so that items_total can be its sum"


@pytest.mark.parametrize("place", KEYS_OF_TOTALS)
def test_the_longest_key_of_a_total_fits_an_index(place: str) -> None:
    """Also after an ALTER that allows longer texts: whatever passes the core."""
    table = "orders" if place == "delivery_city" else "products"
    for size in (60, 100, 500, 501, 1000, 100_000):
        column = place.split(".")[-1]
        found = passed(table, GOOD[table] | {column: "\U0010ffff" * size})
        if found is not None:
            other = len(("\U0010ffff" * longest_currency()).encode())
            assert len(str(at(published(found), place)).encode()) + other < LARGEST_KEY_BYTES


def longest_currency() -> int:
    return max(size for size in range(200) if passed("orders", GOOD["orders"] | {"currency": "x" * size}))


def test_a_time_that_passes_has_a_business_day_and_a_window_in_every_zone() -> None:
    kept = [
        change.row.ordered_at for time in TIMES if (change := passed("orders", GOOD["orders"] | {"ordered_at": time}))
    ]
    assert len(kept) == 6
    for zone in map(ZoneInfo, available_timezones()):
        for time in kept:
            day = datetime.fromisoformat(time).astimezone(UTC).astimezone(zone).date()
            assert date(1899, 12, 31) <= day <= date.max


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


@pytest.mark.parametrize("table", list(GOOD))
@pytest.mark.parametrize("value", WIDER)
def test_a_column_of_another_type_passes_only_if_it_fits(table: str, value: Any) -> None:
    for name in GOOD[table]:
        row = GOOD[table] | {name: value}
        place = PLACES[f"{table}.{name}"]
        if (found := passed(table, row)) is not None and place:
            assert_fits(published(found), place)


@pytest.mark.parametrize("table", list(GOOD))
def test_a_dropped_column_is_refused_and_an_added_one_is_left_out(table: str) -> None:
    assert passed(table, GOOD[table] | {"new_column": {"any": ["thing", None]}}) is not None
    for name in GOOD[table]:
        if PLACES[f"{table}.{name}"] and name not in KEYS[table]:
            assert passed(table, {other: value for other, value in GOOD[table].items() if other != name}) is None, name
