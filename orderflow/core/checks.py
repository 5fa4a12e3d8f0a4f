"""What a good row looks like. A refusal is a value: a code for machines and a text for people."""

from orderflow.core import money, times
from orderflow.core.envelope import ORDER_ROW, LineChange, LineRow, OrderChange, OrderRow, Rejected, line_name
from orderflow.core.statuses import TRANSITIONS

Refusal = tuple[str, str]


def check(change: OrderChange | LineChange) -> Rejected | None:
    """Return why the change's row cannot be accepted, or None. Deletes read only the key and always pass."""
    refusal: Refusal | None = None
    if isinstance(change, OrderChange):
        name = ORDER_ROW
        refusal = refuse_order(change.row) if change.row else None
    else:
        name = line_name(change.line_no)
        refusal = refuse_line(change.row) if change.row else None
    if not refusal:
        return None
    return Rejected(refusal[0], refusal[1], change.origin.offset, change.order_id, name, change.origin, change.snapshot)


def refuse_order(row: OrderRow) -> Refusal | None:
    """Return why this `orders` row is bad."""
    if row.status not in TRANSITIONS:
        return "unknown_status", f"status {row.status!r} is none of {', '.join(TRANSITIONS)}"
    if "\0" in row.delivery_city + row.currency + (row.delivery_address or ""):
        return "nul_in_text", "a text holds U+0000, which PostgreSQL cannot store"
    for name in ("items_total", "shipping_fee", "discount", "total_amount"):
        if money.cents(getattr(row, name)) is None:
            return "bad_money", f"{name} {getattr(row, name)!r} is no DECIMAL(18,2)"
    for name in ("ordered_at", "updated_at"):
        if times.normal(getattr(row, name)) is None:
            return "bad_time", f"{name} {getattr(row, name)!r} is no UTC time"
    return None


def refuse_line(row: LineRow) -> Refusal | None:
    """Return why this `order_items` row is bad."""
    if row.quantity < 0:
        return "negative_quantity", f"quantity {row.quantity} is below zero"
    price = money.cents(row.unit_price)
    if price is None:
        return "bad_money", f"unit_price {row.unit_price!r} is no DECIMAL(14,2)"
    if abs(price * row.quantity) > money.LARGEST:
        return "bad_money", f"{row.quantity} x {row.unit_price} is beyond DECIMAL(18,2)"
    return None
