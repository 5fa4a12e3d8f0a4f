"""What becomes of one order: waiting, flags, refusals, references, snapshots, size."""

import json

import pytest

from orderflow.core.messages import Customer, OrderDocument
from tests.unit.core.shop import Shop, everyone
from tests.unit.core.worker import WAIT_TICKS, Worker


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def worker() -> Worker:
    return Worker()


def document(worker: Worker, id: int = 1) -> OrderDocument:
    return worker.documents()[id]


def created(shop: Shop, *prices: int, id: int = 1) -> None:
    shop.begin()
    shop.create(id, list(prices))


def tick(shop: Shop, worker: Worker, times: int) -> None:
    for _ in range(times):
        shop.tick()
        worker.read(shop)


def test_a_whole_order_is_published_at_once_with_exact_money(shop: Shop, worker: Worker) -> None:
    created(shop, 10, 20)  # 0.10 + 0.20
    worker.read(shop)
    doc = document(worker)
    assert (doc.complete, doc.items_total, doc.total_amount) == (True, "0.30", "2.30")
    assert [line.line_total for line in doc.lines] == ["0.10", "0.20"]
    assert doc.customer == Customer(1, "customer 1", "서울", "KR", "gold")
    assert doc.ordered_at == "2026-11-24T01:02:03.500000Z"
    assert doc.version == shop.now_us


def test_a_trillion_is_exact(shop: Shop, worker: Worker) -> None:
    created(shop, 10**14, 1)
    worker.read(shop)
    assert document(worker).items_total == "1000000000000.01"


def test_half_an_order_is_not_seen_until_it_has_waited(shop: Shop, worker: Worker) -> None:
    shop.begin()
    shop.put_order(1, 300)
    worker.read(shop)
    tick(shop, worker, WAIT_TICKS - 1)
    assert worker.documents() == {}
    tick(shop, worker, 1)
    assert (document(worker).complete, document(worker).incomplete_reason) == (False, "no lines")
    assert worker.counts["incomplete"] == 1
    tick(shop, worker, WAIT_TICKS)
    assert len(worker.output) == 1, "it goes out once"


def test_a_flagged_order_mends_itself(shop: Shop, worker: Worker) -> None:
    shop.begin()
    shop.put_order(1, 300)
    worker.settle(shop)
    shop.begin()
    shop.put_line(1, 1, 300)
    worker.read(shop)
    assert (document(worker).complete, document(worker).incomplete_reason) == (True, None)


def test_commits_hold_back_while_an_order_waits(shop: Shop, worker: Worker) -> None:
    created(shop, 100, id=2)
    shop.begin()
    shop.put_order(1, 300)
    first = len(shop.records) - 1
    created(shop, 100, id=3)
    worker.read(shop)
    worker.commit()
    assert worker.committed == first
    shop.begin()
    shop.put_line(1, 1, 300)
    worker.read(shop)
    worker.commit()
    assert worker.committed == len(shop.records)


def test_a_line_moves_to_another_order(shop: Shop, worker: Worker) -> None:
    created(shop, 100, 200, id=1)
    created(shop, 50, id=2)
    shop.begin()
    shop.drop_line(1, 2)
    shop.put_line(2, 2, 200)
    shop.rebalance(1)
    shop.rebalance(2)
    worker.read(shop)
    assert [line.line_total for line in document(worker, 1).lines] == ["1.00"]
    assert [line.line_total for line in document(worker, 2).lines] == ["0.50", "2.00"]


def test_a_deleted_order_is_a_tombstone_and_its_old_events_do_not_revive_it(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    shop.begin()
    shop.drop(1)
    worker.read(shop)
    assert worker.output[-1].value is None
    worker.commit()
    worker.begin()
    shop.resend(0, 2)
    worker.read(shop)
    worker.settle(shop)
    assert worker.documents() == {}


def test_lines_of_an_unlogged_cascade_go_with_their_order(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    worker.read(shop)
    shop.begin()
    shop.drop(1, cascade=False)
    worker.read(shop)
    assert document(worker).complete, "REPLACE may create it again"
    worker.settle(shop)
    assert worker.documents() == {}


def test_an_order_deleted_and_created_again_is_the_new_one(shop: Shop, worker: Worker) -> None:
    created(shop, 100, 200)
    shop.begin()
    shop.drop(1)
    created(shop, 50)
    worker.read(shop)
    assert [line.line_total for line in document(worker).lines] == ["0.50"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("status", "lost", "unknown_status"),
        ("delivery_address", "a\0b", "nul_in_text"),
        ("total_amount", "1e3", "bad_money"),
        ("total_amount", "12345678901234567.00", "bad_money"),
        ("ordered_at", "0000-00-00", "bad_time"),
    ],
)
def test_a_refused_order_row_flags_its_order_until_a_good_one(
    shop: Shop, worker: Worker, field: str, value: str, code: str
) -> None:
    created(shop, 100)
    worker.read(shop)
    shop.begin()
    shop.orders[1][field] = value
    shop._write({"id": 1}, shop.orders[1])
    worker.read(shop)
    doc = document(worker)
    assert [letter.code for letter in worker.dead] == [code]
    assert worker.dead[0].record.value == shop.records[-1].value
    assert (doc.complete, doc.incomplete_reason, doc.status) == (False, "rejected: order", "created")
    shop.begin()
    shop.put_order(1, 100, "paid")
    worker.read(shop)
    assert document(worker).complete


def test_a_refused_line_flags_its_order_and_its_deletion_mends_it(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    shop.begin()
    shop.put_line(1, 2, 100, quantity=-1)
    worker.read(shop)
    assert document(worker).incomplete_reason == "rejected: line 2"
    assert [letter.code for letter in worker.dead] == ["negative_quantity"]
    shop.begin()
    shop.drop_line(1, 2)
    worker.read(shop)
    assert document(worker).complete


def test_an_order_whose_first_row_is_refused_is_flagged_without_values(shop: Shop, worker: Worker) -> None:
    shop.begin()
    shop.create(1, [100], status="lost")
    worker.read(shop)
    assert (document(worker).complete, document(worker).status) == (False, None)
    shop.begin()
    shop.rebalance(1)
    shop.put_order(1, 100, "paid")
    worker.read(shop)
    assert (document(worker).complete, document(worker).status) == (True, "paid")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b'{"id":1}', b"not json"),
        (b'{"id":1}', b"\xff\xfe"),
        (b'{"id":1}', b"[" * 100_000),
        (b'{"id":1}', b'{"op":"c","after":{"id":1},"source":{}}'),
        (b'{"order_id":1,"line_no":1}', b'{"after":null}'),
    ],
)
def test_bytes_that_cannot_be_read_flag_the_order_of_their_key(
    shop: Shop, worker: Worker, key: bytes, value: bytes
) -> None:
    created(shop, 100)
    shop.raw(key, value)
    worker.read(shop)
    assert [(letter.code, letter.record.value) for letter in worker.dead] == [("undecodable", value)]
    assert not document(worker).complete
    worker.position = 0  # a replay does not flag it again once it is mended
    shop.begin()
    shop.rebalance(1)
    shop.put_line(1, 1, 100)
    worker.read(shop)
    assert document(worker).complete


@pytest.mark.parametrize("key", [None, b"", b"junk", b"{}", b'{"id":"x"}', b"\xff"])
def test_a_key_that_cannot_be_read_is_a_dead_letter(shop: Shop, worker: Worker, key: bytes) -> None:
    shop.raw(key, b"{}")
    worker.read(shop)
    assert len(worker.dead) == 1
    worker.commit()
    assert worker.committed == 1


def test_an_illegal_transition_is_counted_only(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    shop.begin()
    shop.put_order(1, 100, "delivered")
    worker.read(shop)
    assert document(worker).status == "delivered"
    assert worker.counts["illegal_transitions"] == 1


def test_an_order_waits_for_its_customer(shop: Shop) -> None:
    references = everyone()
    late = references.customers.pop(1)
    worker = Worker(references)
    created(shop, 100)
    worker.read(shop)
    assert worker.documents() == {}
    references.customers[1] = late
    worker.arrived("customer", 1)
    assert document(worker).complete


def test_an_order_published_without_its_customer_is_settled_again_even_after_a_crash(shop: Shop) -> None:
    references = everyone()
    late = references.customers.pop(1)
    worker = Worker(references)
    created(shop, 100)
    worker.read(shop)
    worker.settle(shop)
    assert document(worker).incomplete_reason == "customer 1 unknown"
    worker.commit()
    worker.crash()
    references.customers[1] = late
    worker.arrived("customer", 1)
    assert document(worker).complete


def test_a_document_keeps_the_customer_of_its_time(shop: Shop) -> None:
    references = everyone()
    worker = Worker(references)
    created(shop, 100)
    worker.read(shop)
    references.customers[1] = Customer(1, "renamed", "부산", "KR", "gold")
    shop.begin()
    shop.put_order(1, 100, "paid")
    shop.snapshot()
    worker.read(shop)
    doc = document(worker)
    assert doc.customer is not None
    assert (doc.status, doc.customer.name) == ("paid", "customer 1")
    shop.begin()
    shop.put_order(1, 100, "paid", customer=2)
    worker.read(shop)
    assert document(worker).customer == references.customer(2)


def test_a_snapshot_removes_orders_and_lines_that_it_does_not_show(shop: Shop, worker: Worker) -> None:
    created(shop, 100, id=1)
    created(shop, 100, 200, id=2)
    shop.snapshot()
    worker.read(shop)
    del shop.orders[1], shop.lines[1, 1], shop.lines[2, 2]
    shop.orders[2] |= {"items_total": "1.00", "total_amount": "3.00"}
    shop.now_us += 1_000_000
    shop.snapshot()
    worker.read(shop)
    assert worker.whole() == shop.whole()
    assert worker.counts["ghosts"] == 1


def test_a_snapshot_shown_again_by_a_rewind_does_not_remove_newer_orders(shop: Shop, worker: Worker) -> None:
    shop.snapshot()
    created(shop, 100)
    worker.read(shop)
    worker.position = 0
    worker.read(shop)
    assert document(worker).complete
    assert worker.counts["ghosts"] == 0


def test_a_failover_to_another_server_goes_on(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    worker.read(shop)
    shop.server, shop.transactions, shop.position = "7c1d6f2e-71ca-11e1-9e33-c80aa9429563", 0, 4
    shop.begin()
    shop.put_order(1, 100, "paid")
    shop.resend(0, 2)
    worker.read(shop)
    assert document(worker).status == "paid"


def test_a_document_too_large_for_its_topic_is_flagged_and_a_dead_letter(shop: Shop) -> None:
    worker = Worker(max_bytes=5_000)
    created(shop, *[100] * 100)
    worker.read(shop)
    doc = document(worker)
    assert (doc.complete, doc.lines) == (False, [])
    assert str(doc.incomplete_reason).startswith("too large: ")
    assert [letter.code for letter in worker.dead] == ["document_too_large"]
    shop.begin()
    for number in range(2, 101):
        shop.drop_line(1, number)
    shop.rebalance(1)
    worker.read(shop)
    assert document(worker).complete


def test_twenty_thousand_lines_are_one_whole_order(shop: Shop, worker: Worker) -> None:
    created(shop, *[1] * 20_000)
    worker.read(shop, [4000] * 5)
    doc = document(worker)
    assert (doc.complete, len(doc.lines), doc.items_total) == (True, 20_000, "200.00")
    assert len(worker.output) == 1


def test_published_json_has_no_inner_fields(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    worker.read(shop)
    published = json.loads(worker.output[0].value or b"")
    assert "deleted" not in published
    assert "unshown" not in published
    assert set(published) >= {"order_id", "complete", "version", "lines", "customer", "source", "stages"}


@pytest.mark.parametrize("status", ["lost", None])
def test_an_order_that_a_snapshot_shows_with_a_refused_row_is_no_ghost(
    shop: Shop, worker: Worker, status: str | None
) -> None:
    created(shop, 100, 200)
    shop.snapshot()
    worker.read(shop)
    shop.orders[1]["status"] = status
    shop.now_us += 1_000_000
    shop.snapshot()
    worker.read(shop, [1, 1, 1])
    doc = document(worker)
    assert (doc.incomplete_reason, len(doc.lines)) == ("rejected: order", 2)
    assert worker.counts["ghosts"] == 0


def test_a_refused_line_of_a_snapshot_keeps_its_old_values(shop: Shop, worker: Worker) -> None:
    created(shop, 100, 200)
    shop.snapshot()
    worker.read(shop)
    shop.lines[1, 1]["quantity"] = -1
    shop.now_us += 1_000_000
    shop.snapshot()
    worker.read(shop, [2, 1, 1, 1, 1, 1])
    doc = document(worker)
    assert (doc.incomplete_reason, [line.quantity for line in doc.lines]) == ("rejected: line 1", [1, 1])


@pytest.mark.parametrize("key", [b'{"id":18446744073709551615}', b'{"order_id":-1,"line_no":1}'])
def test_an_id_out_of_range_is_a_dead_letter(shop: Shop, worker: Worker, key: bytes) -> None:
    shop.raw(key, b'{"op":"d","after":null,"source":{"file":"b.1","pos":1,"row":0,"ts_us":1}}')
    worker.read(shop)
    assert [letter.code for letter in worker.dead] == ["id_out_of_range"]


def test_a_snapshot_at_lower_positions_shows_living_orders(shop: Shop, worker: Worker) -> None:
    created(shop, 100, id=1)
    created(shop, 100, id=2)
    shop.snapshot()
    worker.read(shop)
    shop.move("7c1d6f2e-71ca-11e1-9e33-c80aa9429563", 1, 4, seconds=-1)
    shop.snapshot()
    worker.read(shop)
    assert set(worker.documents()) == {1, 2}
    assert worker.counts["ghosts"] == worker.counts["duplicates"] == 0


def test_changes_made_while_a_snapshot_at_lower_positions_was_read_are_applied(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    worker.read(shop)
    shop.move(shop.server, 1, 4, seconds=60)  # binlogs begun anew, and rows read a minute after the snapshot's point
    shop.snapshot()
    shop.now_us -= 30_000_000
    shop.begin()
    shop.put_order(1, 100, "paid")
    worker.read(shop)
    assert document(worker).status == "paid"


def test_an_order_created_again_after_binlogs_began_anew_is_alive(shop: Shop, worker: Worker) -> None:
    created(shop, 100)
    shop.begin()
    shop.drop(1)
    worker.read(shop)
    shop.move(shop.server, 1, 4, seconds=-3_600)
    shop.snapshot()
    created(shop, 100)
    worker.read(shop)
    assert document(worker).complete


def compressed(shop: Shop) -> None:
    shop.begin(compressed=True)
    shop.create(1, [100, 200])
    shop.put_order(1, 300, "paid")


@pytest.mark.parametrize("slices", [[], [1] * 10, [3, 2]])
def test_the_last_change_of_a_compressed_transaction_counts(shop: Shop, worker: Worker, slices: list[int]) -> None:
    compressed(shop)
    worker.read(shop, slices)
    assert document(worker).status == "paid"


@pytest.mark.parametrize("first", [0, 1, 3])
@pytest.mark.parametrize("slices", [[], [1] * 10, [2, 2]])
def test_a_compressed_transaction_sent_again_from_anywhere_ends_as_it_ended(
    shop: Shop, worker: Worker, slices: list[int], first: int
) -> None:
    compressed(shop)
    shop.begin(compressed=True)
    shop.drop_line(1, 2)
    shop.put_order(1, 100, "shipped")
    worker.read(shop)
    shop.resend(first, len(shop.records))
    worker.read(shop, slices)
    assert worker.whole() == shop.whole()


def test_a_compressed_transaction_of_an_older_server_is_old(shop: Shop, worker: Worker) -> None:
    compressed(shop)
    shop.move("7c1d6f2e-71ca-11e1-9e33-c80aa9429563", 1, 4, seconds=0)
    shop.begin()
    shop.put_order(1, 300, "shipped")
    shop.resend(0, 4)
    worker.read(shop)
    assert document(worker).status == "shipped"


def test_waits_end_though_the_sources_clock_went_back(shop: Shop, worker: Worker) -> None:
    shop.tick()
    worker.read(shop)
    shop.now_us -= 3_600_000_000
    shop.begin()
    shop.put_order(1, 100)
    worker.settle(shop)
    assert document(worker).incomplete_reason == "no lines"
    worker.commit()
    assert worker.committed == len(shop.records)


def test_ticks_sent_again_end_no_wait(shop: Shop, worker: Worker) -> None:
    for _ in range(WAIT_TICKS):
        shop.tick()
    shop.begin()
    shop.put_order(1, 100)
    for _ in range(WAIT_TICKS):
        shop.resend(0, WAIT_TICKS)
    worker.read(shop)
    assert worker.documents() == {}


def test_references_that_arrive_settle_their_orders_some_at_a_time(shop: Shop) -> None:
    references = everyone()
    late = references.customers.pop(1)
    worker = Worker(references)
    for id in range(1, 1_202):
        created(shop, 100, id=id)
    worker.settle(shop)
    references.customers[1] = late
    steps = list(worker.lane.partition.arrived([("customer", 1)], 1))
    assert [len(step.emits) for step in steps] == [500, 500, 201]
    assert worker.store.db.rows("SELECT * FROM lacking") == []


def test_an_order_that_lacks_nothing_any_more_is_not_remembered(shop: Shop) -> None:
    references = everyone()
    del references.customers[1]
    worker = Worker(references)
    created(shop, 100)
    worker.settle(shop)
    assert worker.store.lacking(("customer", 1), 0) == [1]
    shop.begin()
    shop.drop(1)
    worker.read(shop)
    assert worker.store.lacking(("customer", 1), 0) == []


def test_only_a_due_order_that_lacks_a_reference_asks_for_references(shop: Shop) -> None:
    references = everyone()
    del references.customers[1]
    worker = Worker(references)
    created(shop, 100)
    worker.settle(shop)
    shop.begin()
    shop.put_order(2, 100, customer=2)  # due for its lines, while order 1 still lacks its customer
    for _ in range(WAIT_TICKS):
        shop.tick()
    worker.lane.take(shop.records[worker.position :], 1)
    assert worker.store.waited(worker.lane.partition.ticks - WAIT_TICKS) == [2]
    assert not worker.lane.partition.needs_references()


def test_thousands_of_refused_lines_are_named_in_short(shop: Shop) -> None:
    worker = Worker(max_bytes=40_000)
    created(shop, 100)
    shop.begin()
    for number in range(2, 3_000):
        shop.put_line(1, number, 100, quantity=-1)
    worker.read(shop)
    assert len(worker.output[-1].value or b"") < 40_000
    assert not document(worker).complete


@pytest.mark.parametrize("field", ["pos", "row", "ts_us"])
@pytest.mark.parametrize("number", [-1, 2**63, 10**30])
def test_a_place_that_no_server_has_is_refused(shop: Shop, worker: Worker, field: str, number: int) -> None:
    created(shop, 100)
    event = json.loads(shop.records[0].value or b"")
    event["source"][field] = number
    shop.raw(b'{"id":1}', json.dumps(event).encode())
    worker.read(shop)
    assert [letter.code for letter in worker.dead] == ["undecodable"]
    assert (document(worker).incomplete_reason, document(worker).version) == ("rejected: order", shop.now_us)
    worker.crash()
    assert document(worker).status == "created"
