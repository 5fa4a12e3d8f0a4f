"""Whatever MySQL takes either fits Flink's and PostgreSQL's types or is refused by the core: every captured column.

The values are the smallest, largest, empty, longest and oddest of each MySQL type, as Debezium shows them, with strict
mode and without. A new column needs an entry in PLACES, a new type one in `values` (tests/contract/column_values.py).
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest

from orderflow.core import document
from orderflow.core.checks import check
from orderflow.core.codec import encode_document
from orderflow.core.envelope import LineChange, OrderChange, Rejected, TickChange, decode
from orderflow.core.messages import Customer, OrderDocument, Product
from orderflow.core.reference import Reference, Refused, decode_customer, decode_product
from orderflow.core.topics import CAPTURED_TABLES
from tests.contract.column_values import GOOD, KEYS, PLACES, TIMES, WIDER, captured, values
from tests.contract.stored_types import POSTGRES, fits, flink_types, postgres_types

KEYS_OF_TOTALS = {"delivery_city": "currency", "lines.product.category": "currency"}
LARGEST_KEY_BYTES = 2704
"""What PostgreSQL's btree takes a row."""


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
