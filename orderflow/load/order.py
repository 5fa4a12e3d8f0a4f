"""An order as its writer knows it: immutable, exact, and whole by construction."""

from dataclasses import dataclass, replace
from decimal import Decimal

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Line:
    """One order item; `unit_price` is in the order's currency."""

    line_no: int
    product_id: int
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        """quantity * unit_price, exact."""
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Totals:
    """The money columns of an order that follow its lines."""

    items_total: Decimal
    discount: Decimal
    total_amount: Decimal


@dataclass(frozen=True)
class Order:
    """An order with its lines. `wanted_discount` is granted up to the lines' sum, so the total is never negative."""

    customer_id: int
    status: str
    currency: str
    shipping_fee: Decimal
    wanted_discount: Decimal
    address: str
    city: str
    lines: tuple[Line, ...]

    @property
    def totals(self) -> Totals:
        """Balanced money: items_total = sum of lines, total_amount = items_total + shipping_fee - discount."""
        items = sum((line.total for line in self.lines), NOTHING)
        discount = min(self.wanted_discount, items)
        return Totals(items, discount, items + self.shipping_fee - discount)

    def with_status(self, status: str) -> "Order":
        """Return the order in another state."""
        return replace(self, status=status)

    def with_line(self, line: Line) -> "Order":
        """Return the order with this line added, or in the place of the one with its number."""
        return replace(self, lines=(*self.without_line(line.line_no).lines, line))

    def without_line(self, line_no: int) -> "Order":
        """Return the order less one line."""
        return replace(self, lines=tuple(line for line in self.lines if line.line_no != line_no))
