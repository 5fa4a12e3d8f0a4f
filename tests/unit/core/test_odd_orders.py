"""Orders at the ends of what MySQL takes, through the fold."""

import pytest

from tests.unit.core.shop import Shop
from tests.unit.core.worker import Worker


@pytest.mark.parametrize("id", [0, 2**63 - 1])
def test_an_order_with_an_id_at_the_end_of_the_range_is_put_together_over_slices(id: int) -> None:
    shop, worker = Shop(), Worker()
    shop.begin()
    shop.create(id, [100, 200])
    worker.read(shop, [1, 1, 1])
    shop.begin()
    shop.put_order(id, 300, "paid")
    worker.read(shop)
    document = worker.documents()[id]
    assert (document.complete, document.status, len(document.lines)) == (True, "paid", 2)
    shop.begin()
    shop.drop(id)
    worker.read(shop)
    worker.settle(shop)
    assert worker.documents() == {}


def test_a_line_with_the_largest_number_arrives() -> None:
    shop, worker = Shop(), Worker()
    shop.begin()
    shop.put_order(1, 100)
    shop.put_line(1, 2**32 - 1, 100)
    worker.read(shop)
    document = worker.documents()[1]
    assert (document.complete, document.lines[0].line_no) == (True, 2**32 - 1)


def test_a_line_total_beyond_the_orders_money_flags_its_order() -> None:
    shop, worker = Shop(), Worker()
    shop.begin()
    shop.put_order(1, 100)
    shop.put_line(1, 1, 10**14 - 1, quantity=2**31 - 1)
    worker.read(shop)
    assert worker.documents()[1].incomplete_reason == "rejected: line 1"
    assert [letter.code for letter in worker.dead] == ["bad_money"]
