"""A refusal is told from a fault by MySQL's row."""

import pytest

from orderflow.reconcile.differences import DIFFERENT, EXTRA, MISSING, REFUSED
from orderflow.reconcile.refusals import differences
from orderflow.reconcile.tables import ORDER_ITEMS, ORDERS, Table

WIDTH = len(ORDERS.columns)


def order(complete: str, last: str = "", city: str = "x") -> tuple[str, ...]:
    names = [column.name for column in ORDERS.columns]
    values = dict.fromkeys(names, "1") | {"complete": complete, "delivery_city": city}
    return (*values.values(), last)


def item(quantity: str, last: str = "") -> tuple[str, ...]:
    return ("1", "1", "1", quantity, "0.10", "0.10", last)


CASES: dict[str, tuple[Table, list[tuple[str, ...]], list[tuple[str, ...]], str]] = {
    "a refused row shows old values": (ORDERS, [order("0", "row", "new")], [order("0", "rejected: order")], REFUSED),
    "a refused row that is complete": (ORDERS, [order("0", "row", "new")], [order("1")], DIFFERENT),
    "a refused row that was never flagged": (ORDERS, [order("0", "row", "n")], [order("0", "no lines")], DIFFERENT),
    "a refused row is missing": (ORDERS, [order("0", "row")], [], MISSING),
    "flagged, and MySQL's row is good": (ORDERS, [order("1")], [order("0", "rejected: order")], DIFFERENT),
    "a refused customer": (ORDERS, [order("1", "reference")], [order("0", "customer 1 unknown")], REFUSED),
    "a mended customer": (ORDERS, [order("1")], [order("0", "customer 1 unknown")], DIFFERENT),
    "a refused customer and another city": (
        ORDERS, [order("1", "reference", "y")], [order("0", "customer 1 unknown")], DIFFERENT,
    ),
    "a document too large": (ORDERS, [order("1")], [order("0", "too large: 17 MiB")], REFUSED),
    "a refused line shows its old values": (ORDER_ITEMS, [item("-1", "row")], [item("1")], REFUSED),
    "a refused line was never good": (ORDER_ITEMS, [item("-1", "row")], [], REFUSED),
    "a good line is missing": (ORDER_ITEMS, [item("1")], [], MISSING),
    "a good line differs": (ORDER_ITEMS, [item("2")], [item("1")], DIFFERENT),
    "a line too many": (ORDER_ITEMS, [], [item("1")], EXTRA),
}  # fmt: skip


@pytest.mark.parametrize(("table", "mysql", "postgres", "kind"), CASES.values(), ids=CASES.keys())
def test_a_difference_is_a_refusal_only_when_mysqls_row_says_so(
    table: Table, mysql: list[tuple[str, ...]], postgres: list[tuple[str, ...]], kind: str
) -> None:
    (found,) = differences(table, mysql, postgres)
    assert found.kind == kind


def test_a_reference_refused_later_changes_nothing() -> None:
    assert list(differences(ORDERS, [order("1", "reference")], [order("1")])) == []


def test_lines_of_a_document_too_large_are_missing_with_good_reason() -> None:
    (found,) = differences(ORDER_ITEMS, [item("1")], [], {"1"})
    assert found.kind == REFUSED


def test_a_difference_shows_why_the_order_is_flagged() -> None:
    (found,) = differences(ORDERS, [order("1")], [order("0", "no lines")])
    assert "flagged: no lines" in str(found)
