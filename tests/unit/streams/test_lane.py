"""Up to which input offset a partition may be committed, and when a tick passes on."""

import json

import pytest

from orderflow.core.partition import Partition
from orderflow.core.topics import PROCESSED_TICKS
from streams.lane import Lane
from streams.store import Store
from tests.unit.core.shop import Shop, everyone
from tests.unit.streams.wire import ORDERS, Broker, Wire


@pytest.fixture
def wire() -> Wire:
    wire = Wire(Broker())
    wire.broker.topics[ORDERS] = [wire.record(offset) for offset in range(10)]
    wire.begin(ORDERS, 10)
    return wire


@pytest.fixture
def lane(wire: Wire) -> Lane:
    store = Store(":memory:", "cluster/topic")
    return Lane(Partition(0, "topic-id", store, everyone(), 5, 2**24), store, wire)


def ticks(wire: Wire) -> list[dict[str, int]]:
    wire.deliver()
    return [json.loads(record.value or b"") for record in wire.broker.topics[PROCESSED_TICKS.name, 0]]


def on_file(lane: Lane) -> bool:
    return bool(lane.store.db.rows("SELECT 1 FROM published WHERE id = 1"))


def test_nothing_is_settled_before_the_first_slice(lane: Lane) -> None:
    assert lane.committable() is None


def test_a_snapshots_marker_is_not_committed_before_its_ghosts_are_removed(lane: Lane) -> None:
    shop = Shop()
    shop.begin()
    shop.create(1, [100])
    shop.snapshot()
    marker = len(shop.records) - 1
    outcome = lane.take(shop.records, 1)
    assert outcome.marker
    assert lane.committable() == marker
    for step in lane.partition.end_snapshot(outcome.marker, 1):
        lane.send(step)
    assert lane.committable() == marker
    assert outcome.tick
    lane.snapshot_ended(marker, outcome.tick)
    assert lane.committable() == marker + 1


def test_a_tick_passes_when_what_came_before_it_is_acknowledged(lane: Lane, wire: Wire) -> None:
    shop = Shop()
    shop.begin()
    shop.create(1, [100])
    shop.tick()
    lane.take(shop.records, 1)
    lane.pass_tick()
    assert len(wire.queue) == 1, "the document is on its way, the tick waits for it"
    wire.deliver()
    lane.pass_tick()
    assert [(tick["offset"], tick["waiting"]) for tick in ticks(wire)] == [(11, 0)]


def test_a_tick_tells_how_long_the_oldest_order_waits(lane: Lane, wire: Wire) -> None:
    shop = Shop()
    shop.begin()
    shop.put_order(1, 100)
    shop.now_us += 2_000_000
    shop.tick()
    lane.take(shop.records, 1)
    wire.deliver()
    lane.pass_tick()
    (tick,) = ticks(wire)
    assert tick["waiting"] == 1
    assert tick["oldest_wait_us"] == 2_001_000


def test_what_is_not_acknowledged_is_not_on_file(lane: Lane, wire: Wire) -> None:
    shop = Shop()
    shop.begin()
    shop.create(1, [100])
    lane.take(shop.records, 1)
    lane.store.seal()
    mark = lane.mark()
    assert not on_file(lane)
    assert lane.store.get([1]), "yet it is the state that the next change is applied to"
    wire.deliver()
    lane.save(mark)
    assert on_file(lane)
    assert lane.store.next_offset == 11
