from decimal import Decimal
from random import Random

import pytest

from orderflow.load import statements
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
    RemoveLine,
)
from orderflow.load.order import Line, Order, Totals
from orderflow.load.plan import Plan
from tests.unit.load.shop import CATALOGUE

MONEY = Decimal("0.30"), Decimal("0.10"), Decimal("0.20")
TOTALS = Totals(*MONEY)
LINE = Line(2, 3, 4, Decimal("0.10"))


def test_placements_are_one_insert_with_a_row_each() -> None:
    lines = (Line(1, 3, 1, Decimal("0.10")), Line(2, 4, 1, Decimal("0.20")))
    order = Order(1, "created", "EUR", Decimal("2.90"), Decimal("0.10"), "1 O'Connell Street", "Łódź", lines)
    sql, values = statements.insert_orders([Place(1, order, 0), Place(2, order, 5)])
    assert sql.count("UTC_TIMESTAMP(6) - INTERVAL %s MICROSECOND") == 2
    money = (Decimal("0.30"), Decimal("2.90"), Decimal("0.10"), Decimal("3.10"))
    assert values[:10] == (1, "created", "EUR", *money, "1 O'Connell Street", "Łódź", 0)
    assert values[19] == 5


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        (ChangeStatus(1, "paid"), [("paid", 7)]),
        (CorrectQuantity(1, 2, 5, TOTALS), [(5, 7, 2), (*MONEY, 7)]),
        (AddLine(1, LINE, TOTALS), [(*MONEY, 7), (7, 2, 3, 4, LINE.unit_price)]),
        (RemoveLine(1, 2, TOTALS), [(7, 2), (*MONEY, 7)]),
        (Delete(1), [(7,)]),
    ],
)  # fmt: skip
def test_a_change_names_its_order_and_carries_its_totals(operation: Change, values: list[tuple[object, ...]]) -> None:
    made = statements.change(operation, 7)
    assert [found for _, found in made] == values


def test_every_statement_has_a_value_for_each_of_its_places() -> None:
    plan = Plan(Random(3), CATALOGUE)
    for operation in (operation for _ in range(600) for operation in plan.step()):
        assert all(sql.count("%s") == len(values) for sql, values in statements_of(operation))


def statements_of(operation: Operation) -> list[statements.Statement]:
    if isinstance(operation, Place):
        return [statements.insert_orders([operation])]
    if isinstance(operation, ChangeCustomer | ChangeProduct):
        return [statements.change_reference(operation)]
    return statements.change(operation, 1)


def test_a_reference_change_names_its_row() -> None:
    assert statements.change_reference(ChangeCustomer(7, "Łódź", "gold"))[1] == ("Łódź", "gold", 7)
    sql, values = statements.change_reference(ChangeProduct(8, "outlet", "limited"))
    assert sql.startswith("UPDATE products")
    assert values == ("outlet", "limited", 8)
