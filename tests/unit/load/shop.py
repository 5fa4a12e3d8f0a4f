"""A small catalogue, and a model of MySQL that believes nothing the plan says: it sums lines itself, in cents."""

from dataclasses import dataclass, field
from decimal import Decimal

from orderflow.load.catalogue import Catalogue, Customer, Product
from orderflow.load.operations import (
    AddLine,
    ChangeCustomer,
    ChangeProduct,
    ChangeStatus,
    CorrectQuantity,
    Delete,
    Operation,
    Place,
    RemoveLine,
)
from orderflow.load.order import Totals

CATALOGUE = Catalogue(
    customers=(Customer(1, "서울"), Customer(2, "Łódź"), Customer(3, "Lodz")),
    products={
        "KRW": (Product(1, Decimal("1000000000.00")), Product(2, Decimal("1200.00"))),
        "EUR": (Product(3, Decimal("0.10")), Product(4, Decimal("0.20"))),
        "USD": (Product(5, Decimal("19.99")),),
    },
)


def cents(amount: Decimal) -> int:
    scaled = amount * 100
    assert scaled == int(scaled), f"{amount} has more than two decimals"
    return int(scaled)


@dataclass
class Row:
    """An `orders` row in cents, and its lines as line_no -> (quantity, price in cents)."""

    status: str
    items: int
    shipping: int
    discount: int
    total: int
    lines: dict[int, tuple[int, int]] = field(default_factory=dict)

    def take(self, totals: Totals) -> None:
        self.items, self.discount, self.total = map(cents, (totals.items_total, totals.discount, totals.total_amount))

    @property
    def whole(self) -> bool:
        items = sum(quantity * price for quantity, price in self.lines.values())
        return bool(self.lines) and self.items == items and self.total == self.items + self.shipping - self.discount


class Shop:
    """Applies operations and keeps the rows; `apply` returns (status before, row after), None where there is none."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}

    def apply(self, operation: Operation) -> tuple[str | None, Row | None]:
        if isinstance(operation, Place):
            assert operation.number not in self.rows
            self.rows[operation.number] = _placed(operation)
            return None, self.rows[operation.number]
        if isinstance(operation, ChangeCustomer | ChangeProduct):
            return None, None
        row = self.rows[operation.number]
        before = row.status
        if isinstance(operation, Delete):
            del self.rows[operation.number]
            return before, None
        _change(row, operation)
        return before, row


def _placed(operation: Place) -> Row:
    order = operation.order
    lines = {line.line_no: (line.quantity, cents(line.unit_price)) for line in order.lines}
    assert len(lines) == len(order.lines), "two lines share a number"
    row = Row(order.status, 0, cents(order.shipping_fee), 0, 0, lines)
    row.take(order.totals)
    return row


def _change(row: Row, operation: ChangeStatus | CorrectQuantity | AddLine | RemoveLine) -> None:
    if isinstance(operation, ChangeStatus):
        row.status = operation.status
        return
    row.take(operation.totals)
    if isinstance(operation, CorrectQuantity):
        old, price = row.lines[operation.line_no]
        assert operation.quantity != old, "a correction that corrects nothing"
        row.lines[operation.line_no] = operation.quantity, price
    elif isinstance(operation, AddLine):
        assert operation.line.line_no not in row.lines
        row.lines[operation.line.line_no] = operation.line.quantity, cents(operation.line.unit_price)
    else:
        del row.lines[operation.line_no]
