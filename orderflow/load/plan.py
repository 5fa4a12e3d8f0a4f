"""The plan: which orders come and what happens to them, from a seeded random generator. No clock, no MySQL."""

from random import Random

from orderflow.core.statuses import TRANSITIONS
from orderflow.load.basket import Basket
from orderflow.load.catalogue import Catalogue
from orderflow.load.living import Living
from orderflow.load.operations import (
    AddLine,
    Change,
    ChangeCustomer,
    ChangeProduct,
    ChangeStatus,
    CorrectQuantity,
    Delete,
    Operation,
    Place,
    ReferenceChange,
    RemoveLine,
)
from orderflow.load.order import Order

FIRST_STATUS = "created"
STILL_OPEN = frozenset({"created", "paid"})
"""States in which a shop still lets lines be changed."""

CHANGES_PER_ORDER = (0, 1, 1, 2, 2, 3)
RARE = {"cancelled": 1, "refunded": 1}
USUAL = 8
REFERENCE_CHANGES = 0.01
"""Steps in which somebody changes a product or a customer."""

CATEGORIES = ("outlet", "seasonal", "new arrivals")
EDITIONS = ("2nd edition", "2026", "limited")
TIERS = ("standard", "silver", "gold")
SECOND_US = 1_000_000
LATEST_US = 2 * 60 * 60 * SECOND_US


class Plan:
    """An endless, reproducible sequence of steps; a step is one new order and some changes of earlier ones."""

    def __init__(self, random: Random, catalogue: Catalogue) -> None:
        self._random = random
        self._catalogue = catalogue
        self._basket = Basket(random, catalogue)
        self._living = Living(random)
        self._placed = 0

    def step(self) -> list[Operation]:
        """Return the next step; every operation leaves its order whole and balanced."""
        changes: list[Operation] = [
            change for _ in range(self._random.choice(CHANGES_PER_ORDER)) if (change := self._change()) is not None
        ]
        if self._random.random() < REFERENCE_CHANGES:
            changes.append(self._change_reference())
        return [*changes, self.place()]

    def place(self) -> Place:
        """Return a new order; one in twenty reaches the shop up to two hours late."""
        self._placed += 1
        order = self._basket.order(FIRST_STATUS)
        age_us = self._random.randint(SECOND_US, LATEST_US) if self._random.random() < 0.05 else 0
        self._living.put(self._placed, order)
        return Place(self._placed, order, age_us)

    def forget(self, number: int) -> None:
        """Plan nothing more for this order: its state in MySQL is not known."""
        self._living.forget(number)

    def _change_reference(self) -> ReferenceChange:
        pick = self._random.choice
        if self._random.random() < 0.5:
            return ChangeCustomer(pick(self._catalogue.customers).id, pick(self._catalogue.customers).city, pick(TIERS))
        products = self._catalogue.products[pick(sorted(self._catalogue.products))]
        return ChangeProduct(pick(products).id, pick(CATEGORIES), pick(EDITIONS))

    def _change(self) -> Change | None:
        if not self._living:
            return None
        number, order = self._living.draw()
        if self._random.random() < 0.06:
            return self._delete(number)
        if order.status in STILL_OPEN and self._random.random() < 0.4:
            return self._change_lines(number, order)
        return self._change_status(number, order)

    def _delete(self, number: int) -> Delete:
        self._living.forget(number)
        return Delete(number)

    def _change_status(self, number: int, order: Order) -> ChangeStatus | None:
        allowed = sorted(TRANSITIONS[order.status])
        if not allowed:
            return None
        status = self._random.choices(allowed, [RARE.get(status, USUAL) for status in allowed])[0]
        self._living.put(number, order.with_status(status))
        return ChangeStatus(number, status)

    def _change_lines(self, number: int, order: Order) -> Change:
        kinds = [self._correct_quantity, self._add_line]
        if len(order.lines) > 1:  # an order keeps a line: without one it is not whole
            kinds.append(self._remove_line)
        return self._random.choice(kinds)(number, order)

    def _correct_quantity(self, number: int, order: Order) -> Change:
        line = self._random.choice(order.lines)
        quantity = line.quantity % 20 + 1  # never what it was
        changed = order.with_line(type(line)(line.line_no, line.product_id, quantity, line.unit_price))
        self._living.put(number, changed)
        return CorrectQuantity(number, line.line_no, quantity, changed.totals)

    def _add_line(self, number: int, order: Order) -> Change:
        line = self._basket.line(order)
        changed = order.with_line(line)
        self._living.put(number, changed)
        return AddLine(number, line, changed.totals)

    def _remove_line(self, number: int, order: Order) -> Change:
        line_no = self._random.choice(order.lines).line_no
        changed = order.without_line(line_no)
        self._living.put(number, changed)
        return RemoveLine(number, line_no, changed.totals)
