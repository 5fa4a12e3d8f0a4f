"""Any history, cut, repeated, rewound and interrupted anywhere, gives the documents of the plain model."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core.shop import Shop
from tests.unit.core.worker import Worker, versions

ids = st.integers(1, 4)
prices = st.lists(st.integers(0, 500), min_size=1, max_size=3)
operations = st.one_of(
    st.tuples(st.just("create"), ids, prices),
    st.tuples(st.just("status"), ids, st.sampled_from(["paid", "cancelled", "shipped"])),
    st.tuples(st.just("line"), ids, st.integers(1, 4), st.integers(0, 500), st.integers(1, 3)),
    st.tuples(st.just("drop_line"), ids, st.integers(1, 4)),
    st.tuples(st.just("torn_line"), ids, st.integers(1, 4), st.integers(1, 500)),
    st.tuples(st.just("delete"), ids),
    st.tuples(st.just("replace"), ids, prices),
    st.tuples(st.just("tick")),
    st.tuples(st.just("resend"), st.integers(0, 30)),
    st.tuples(st.just("snapshot")),
    st.tuples(st.just("snapshot_torn"), st.integers(1, 6)),
)


def perform(shop: Shop, operation: tuple) -> None:  # type: ignore[type-arg]  # operations differ in shape
    name, *args = operation
    exists = bool(args) and args[0] in shop.orders
    shop.begin()
    if name == "create" and not exists:
        shop.create(*args)
    elif name == "status" and exists:
        shop.put_order(args[0], _items(shop, args[0]), args[1])
    elif name == "line" and exists:
        shop.put_line(args[0], args[1], args[2], args[3])
        shop.rebalance(args[0])
    elif name == "drop_line" and exists:
        shop.drop_line(*args)
        shop.rebalance(args[0])
    elif name == "torn_line" and exists:
        shop.put_line(*args)
    elif name == "delete" and exists:
        shop.drop(args[0])
    elif name == "replace" and exists:
        shop.drop(args[0])
        shop.create(*args)
    elif name == "tick":
        shop.tick()
    elif name == "resend":
        shop.resend(max(0, len(shop.records) - args[0]), len(shop.records))
    elif name == "snapshot":
        shop.snapshot()
    elif name == "snapshot_torn":
        _torn_snapshot(shop, args[0])


def _items(shop: Shop, id: int) -> int:
    return sum(shop.amount(line) for (order_id, _), line in shop.lines.items() if order_id == id)


def _torn_snapshot(shop: Shop, shown: int) -> None:
    """Connect dies in a snapshot, an order is deleted while nobody watches, and a whole snapshot follows."""
    before = len(shop.records)
    shop.snapshot()
    del shop.records[before + shown :]
    if shop.orders:
        unseen = len(shop.records)
        shop.drop(min(shop.orders))
        del shop.records[unseen:]
    shop.now_us += 5_000_000
    shop.snapshot()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(operations, max_size=30),
    st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["", "", "", "commit", "commit", "crash"])), max_size=40),
)
def test_any_history_in_any_slices_with_crashes_equals_the_model(history, steps) -> None:  # type: ignore[no-untyped-def]
    shop, worker = Shop(), Worker()
    for operation in history:
        perform(shop, operation)
    for size, then in steps:
        if worker.position < len(shop.records):
            worker.take(shop.records[worker.position : worker.position + size])
        if then:
            getattr(worker, then)()
    worker.read(shop)
    worker.settle(shop)
    assert worker.whole() == shop.whole()
    assert set(worker.documents()) == set(shop.orders)
    assert not worker.dead
    for order, seen in versions(worker.output).items():
        assert seen == sorted(seen), f"order {order} went back"


@settings(max_examples=150, deadline=None)
@given(st.lists(operations, max_size=30), st.data())
def test_old_events_in_any_order_change_nothing(history, data) -> None:  # type: ignore[no-untyped-def]
    shop, worker = Shop(), Worker()
    for operation in history:
        perform(shop, operation)
    worker.read(shop)
    worker.settle(shop)
    before = worker.whole()
    assert before == shop.whole()
    old = [record for record in shop.records if b'"op":"r"' not in (record.value or b"")]
    for record in data.draw(st.lists(st.sampled_from(old), max_size=40)):
        shop.raw(record.key or b"", record.value or b"")
    worker.read(shop)
    worker.settle(shop)
    assert worker.whole() == before
