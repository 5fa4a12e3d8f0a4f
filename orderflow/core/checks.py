"""What a good row looks like: what Flink and PostgreSQL can hold, and what makes sense as an order.

A refusal is a value: a code for machines, and a text for people that says how to mend it. Whatever passes here fits the
types of flink/columns.py and flink/postgres: tests/contract/test_column_ranges.py holds it to that.
"""

from orderflow.core import money, times
from orderflow.core.envelope import (
    LARGEST_ID,
    LONGEST_KEY,
    ORDER_ROW,
    LineChange,
    LineRow,
    OrderChange,
    OrderRow,
    Rejected,
    line_name,
    shortened,
)
from orderflow.core.statuses import TRANSITIONS

Refusal = tuple[str, str]

LARGEST_QUANTITY = 2**31 - 1
"""INT in MySQL, Flink and PostgreSQL."""

LARGEST_PRICE = 10**14 - 1
"""DECIMAL(14,2) in cents."""

LONGEST_CURRENCY = 50
"""Characters: it stands beside each key of the totals, see LONGEST_KEY."""


def check(change: OrderChange | LineChange) -> Rejected | None:
    """Return why the change's row cannot be accepted, or None; then its times are normal (see orderflow.core.times).

    Deletes read only the key and always pass.
    """
    refusal: Refusal | None = None
    if isinstance(change, OrderChange):
        name = ORDER_ROW
        refusal = refuse_order(change.row) if change.row else None
    else:
        refusal = refuse_line(change.row) if change.row else None
        name = line_name(change.line_no) if refusal else ""
    if not refusal:
        return None
    code, text = refusal[0], shortened(refusal[1])
    return Rejected(code, text, change.origin.offset, change.order_id, name, change.origin, change.snapshot)


def refuse_order(row: OrderRow) -> Refusal | None:
    """Return why this `orders` row is bad; a good row's times are made normal."""
    if row.status not in TRANSITIONS:
        return "unknown_status", f"status {row.status!r} is none of {', '.join(TRANSITIONS)}"
    if not 0 <= row.customer_id <= LARGEST_ID:
        return "id_out_of_range", f"customer_id {row.customer_id} is outside 0..2^63-1"
    if not money.are_amounts(row.items_total, row.shipping_fee, row.discount, row.total_amount):
        return _bad_money(row)
    return _refuse_texts(row) or _refuse_times(row)


def _bad_money(row: OrderRow) -> Refusal:
    amounts = {
        "items_total": row.items_total,
        "shipping_fee": row.shipping_fee,
        "discount": row.discount,
        "total_amount": row.total_amount,
    }
    bad = next(name for name, amount in amounts.items() if money.cents(amount) is None)
    return "bad_money", f"{bad} {amounts[bad]!r} is no amount with two decimals within DECIMAL(18,2)"


def _refuse_texts(row: OrderRow) -> Refusal | None:
    city, currency = row.delivery_city, row.currency
    if "\0" in city or "\0" in currency or (row.delivery_address is not None and "\0" in row.delivery_address):
        return "nul_in_text", "a text holds U+0000, which PostgreSQL cannot store: write it without"
    if len(city) > LONGEST_KEY or len(currency) > LONGEST_CURRENCY:
        return "text_too_long", f"delivery_city takes {LONGEST_KEY} characters, currency {LONGEST_CURRENCY}"
    return None


def _refuse_times(row: OrderRow) -> Refusal | None:
    ordered_at, updated_at = times.normal(row.ordered_at), times.normal(row.updated_at)
    if ordered_at is None or not times.is_kept(ordered_at):
        return _bad_time("ordered_at", row.ordered_at)
    if updated_at is None or not times.is_kept(updated_at):
        return _bad_time("updated_at", row.updated_at)
    row.ordered_at, row.updated_at = ordered_at, updated_at
    return None


def _bad_time(name: str, text: str) -> Refusal:
    time = times.normal(text)
    if time is None:
        return "bad_time", f"{name} {text!r} is no time in UTC"
    if time == times.ZERO_DATE:
        return "bad_time", f"{name} {text!r} is how a zero or half-empty date of MySQL arrives: write a real one"
    return "bad_time", f"{name} {text!r} is outside {times.FIRST[:10]}..9999-12-30"


def refuse_line(row: LineRow) -> Refusal | None:
    """Return why this `order_items` row is bad."""
    if row.quantity < 0:
        return "negative_quantity", f"quantity {row.quantity} is below zero"
    if row.quantity > LARGEST_QUANTITY:
        return "quantity_out_of_range", f"quantity {row.quantity} is beyond INT"
    if not (0 <= row.product_id <= LARGEST_ID and 0 <= row.line_no <= LARGEST_ID):
        return "id_out_of_range", f"product_id {row.product_id} or line_no {row.line_no} is outside 0..2^63-1"
    price = money.cents(row.unit_price)
    if price is None or not -LARGEST_PRICE <= price <= LARGEST_PRICE:
        return "bad_money", f"unit_price {row.unit_price!r} is no amount with two decimals within DECIMAL(14,2)"
    if not -money.LARGEST <= price * row.quantity <= money.LARGEST:
        return "bad_money", f"{row.quantity} x {row.unit_price} is beyond DECIMAL(18,2)"
    return None
