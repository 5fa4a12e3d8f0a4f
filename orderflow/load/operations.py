"""What happens in a shop. `number` counts a plan's orders: MySQL chooses the real id only at the insert."""

from dataclasses import dataclass

from orderflow.load.order import Line, Order, Totals


@dataclass(frozen=True)
class Place:
    """A new order with its lines, ordered `age_us` microseconds ago (a late one took its time to reach the shop)."""

    number: int
    order: Order
    age_us: int


@dataclass(frozen=True)
class ChangeStatus:
    """A legal transition; cancellation and refund are among them."""

    number: int
    status: str


@dataclass(frozen=True)
class CorrectQuantity:
    """Another quantity on a line, and what the order's totals are then."""

    number: int
    line_no: int
    quantity: int
    totals: Totals


@dataclass(frozen=True)
class AddLine:
    """One more line, and what the order's totals are then."""

    number: int
    line: Line
    totals: Totals


@dataclass(frozen=True)
class RemoveLine:
    """One line less, and what the order's totals are then."""

    number: int
    line_no: int
    totals: Totals


@dataclass(frozen=True)
class Delete:
    """The order goes, and MySQL's cascade takes its lines."""

    number: int


@dataclass(frozen=True)
class ChangeProduct:
    """A merchandiser moves a product to another category, under another edition; orders keep what it was."""

    product_id: int
    category: str
    edition: str


@dataclass(frozen=True)
class ChangeCustomer:
    """A customer moves, or rises in tier; orders keep what was."""

    customer_id: int
    city: str
    tier: str


Change = ChangeStatus | CorrectQuantity | AddLine | RemoveLine | Delete
"""A change of one order."""

ReferenceChange = ChangeProduct | ChangeCustomer
"""A change of what orders point to."""

Operation = Place | Change | ReferenceChange
