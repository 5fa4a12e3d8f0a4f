"""What others wrote into processed-orders never fails a worker: it is told once, and its key ends right."""

import pytest

from orderflow.core import codec
from tests.unit.core.shop import Shop
from tests.unit.core.worker import Worker, whole
from tests.unit.streams.strangers import ODD, Written
from tests.unit.streams.wire import ORDERS

SILENT = ((b"test", None), (b"99", None), (b"4", None))
"""Tombstones of keys that no order has: nothing to tell."""


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    for id in (1, 2, 3):
        shop.begin()
        shop.create(id, [100])
    return shop


@pytest.fixture
def worker(shop: Shop) -> Worker:
    worker = Worker()
    worker.read(shop)
    worker.commit()
    return worker


def look(worker: Worker) -> None:
    worker.lane.account.found_end(len(worker.output))
    worker.mend()


def assert_good(worker: Worker, shop: Shop) -> None:
    assert worker.whole() == shop.whole()
    assert {key: whole(codec.decode_document(value)) for key, value in worker.last().items()} == {
        b"%d" % id: order for id, order in shop.whole().items()
    }


@pytest.mark.parametrize("written", ODD, ids=repr)
@pytest.mark.parametrize("restart", [False, True])
def test_an_odd_record_is_told_once_and_made_good(shop: Shop, worker: Worker, written: Written, restart: bool) -> None:
    worker.broker.write(ORDERS, *written)
    if restart:
        worker.crash()
    else:
        look(worker)
    assert_good(worker, shop)
    told = [(letter.code, letter.record.key, letter.record.value) for letter in worker.dead]
    assert told == ([] if written[:2] in SILENT else [("foreign_record", *written[:2])])
    worker.crash()
    assert len(worker.dead) == len(told), "told again"


def test_an_older_document_is_followed_by_the_newest(shop: Shop, worker: Worker) -> None:
    first = worker.output[0]
    shop.begin()
    shop.put_order(1, 100, "paid")
    worker.read(shop)
    worker.broker.write(ORDERS, first.key, first.value, [])
    look(worker)
    assert_good(worker, shop)
    worker.broker.write(ORDERS, first.key, first.value, [])
    worker.crash()
    assert_good(worker, shop)


def test_a_newer_document_is_followed_by_one_above_it_and_changes_go_on(shop: Shop, worker: Worker) -> None:
    doc = codec.decode_document(worker.output[0].value or b"")
    doc.version, doc.status = doc.version + 10**15, "refunded"
    worker.broker.write(ORDERS, b"1", codec.encode_document(doc), [])
    shop.begin()
    shop.put_line(1, 2, 50)  # it waits for its order's row meanwhile
    worker.read(shop)
    look(worker)
    shop.begin()
    shop.rebalance(1)
    worker.read(shop)
    assert_good(worker, shop)


def test_a_document_of_nobodys_order_is_followed_by_a_tombstone(shop: Shop, worker: Worker) -> None:
    doc = codec.decode_document(worker.output[0].value or b"")
    doc.order_id = 98
    worker.broker.write(ORDERS, b"98", codec.encode_document(doc), [])
    look(worker)
    assert_good(worker, shop)
    worker.crash()
    assert_good(worker, shop)
    shop.begin()
    shop.create(98, [100])
    worker.read(shop)
    assert_good(worker, shop)


def test_an_order_that_waits_goes_on_waiting(shop: Shop, worker: Worker) -> None:
    shop.begin()
    shop.put_order(7, 100)
    worker.read(shop)
    worker.broker.write(ORDERS, b"7", b"hello", [])
    look(worker)
    shop.begin()
    shop.put_line(7, 1, 100)
    worker.read(shop)
    assert_good(worker, shop)


def test_a_deleted_orders_tombstone_is_written_again_over_a_plain_one(shop: Shop, worker: Worker) -> None:
    shop.begin()
    shop.drop(1)
    worker.read(shop)
    worker.broker.write(ORDERS, b"1", None, [])
    look(worker)
    assert dict(worker.output[-1].headers)["version"]
    shop.resend(0, 2)
    worker.read(shop)
    worker.settle(shop)
    assert_good(worker, shop)
