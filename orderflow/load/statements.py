"""Operations as plain SQL. Placements go by many rows a statement, since orders that come together are one insert."""

from collections.abc import Sequence

from orderflow.load.operations import (
    AddLine,
    Change,
    ChangeCustomer,
    ChangeStatus,
    CorrectQuantity,
    Delete,
    Place,
    ReferenceChange,
    RemoveLine,
)
from orderflow.load.order import Line, Totals

Statement = tuple[str, tuple[object, ...]]
"""SQL with %s for each of its arguments."""

_ORDER = (
    "INSERT INTO orders (customer_id, status, currency, items_total, shipping_fee, discount, total_amount,"
    " delivery_address, delivery_city, ordered_at) VALUES "
)
_ORDER_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, UTC_TIMESTAMP(6) - INTERVAL %s MICROSECOND)"
_LINE = "INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price) VALUES "
_LINE_ROW = "(%s, %s, %s, %s, %s)"


def insert_orders(placements: Sequence[Place]) -> Statement:
    """Return one insert for these orders; MySQL gives them consecutive ids."""
    rows = ", ".join([_ORDER_ROW] * len(placements))
    return _ORDER + rows, tuple(value for placement in placements for value in _order_values(placement))


def insert_lines(lines: Sequence[tuple[int, Line]]) -> Statement:
    """Return one insert for these lines, each with the id of its order."""
    rows = ", ".join([_LINE_ROW] * len(lines))
    return _LINE + rows, tuple(value for order_id, line in lines for value in _line_values(order_id, line))


def change(operation: Change, order_id: int) -> list[Statement]:
    """Return the statements of one change, to be run in one transaction."""
    match operation:
        case ChangeStatus():
            return [("UPDATE orders SET status = %s WHERE id = %s", (operation.status, order_id))]
        case CorrectQuantity():
            return [_correct(operation, order_id), _totals(operation.totals, order_id)]
        case AddLine():
            return [_totals(operation.totals, order_id), insert_lines([(order_id, operation.line)])]
        case RemoveLine():
            return [_remove(operation, order_id), _totals(operation.totals, order_id)]
        case Delete():
            return [("DELETE FROM orders WHERE id = %s", (order_id,))]


def change_reference(operation: ReferenceChange) -> Statement:
    """Return the statement that changes a product or a customer."""
    if isinstance(operation, ChangeCustomer):
        values = (operation.city, operation.tier, operation.customer_id)
        return "UPDATE customers SET city = %s, tier = %s WHERE id = %s", values
    name = "CONCAT(SUBSTRING_INDEX(name, ' / ', 1), ' / ', %s)"
    values = (operation.category, operation.edition, operation.product_id)
    return f"UPDATE products SET category = %s, name = {name} WHERE id = %s", values


def _correct(operation: CorrectQuantity, order_id: int) -> Statement:
    sql = "UPDATE order_items SET quantity = %s WHERE order_id = %s AND line_no = %s"
    return sql, (operation.quantity, order_id, operation.line_no)


def _remove(operation: RemoveLine, order_id: int) -> Statement:
    return "DELETE FROM order_items WHERE order_id = %s AND line_no = %s", (order_id, operation.line_no)


def _totals(totals: Totals, order_id: int) -> Statement:
    sql = "UPDATE orders SET items_total = %s, discount = %s, total_amount = %s WHERE id = %s"
    return sql, (totals.items_total, totals.discount, totals.total_amount, order_id)


def _order_values(placement: Place) -> tuple[object, ...]:
    order, totals = placement.order, placement.order.totals
    return (
        order.customer_id, order.status, order.currency,
        totals.items_total, order.shipping_fee, totals.discount, totals.total_amount,
        order.address, order.city, placement.age_us,
    )  # fmt: skip


def _line_values(order_id: int, line: Line) -> tuple[object, ...]:
    return order_id, line.line_no, line.product_id, line.quantity, line.unit_price
