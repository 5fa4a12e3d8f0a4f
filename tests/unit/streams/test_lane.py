"""Up to which input offset a partition may be committed, and when a tick passes on."""

import json
from collections import defaultdict

import pytest

from orderflow.core.partition import Partition
from orderflow.core.topics import PROCESSED_ORDERS, PROCESSED_TICKS
from streams.delivery import Delivery
from streams.lane import Lane
from streams.store import Store
from tests.unit.core.shop import Shop, everyone

ORDERS = (PROCESSED_ORDERS.name, 0)


class Wire(Delivery):
    """A delivery without a broker: the test says when messages are acknowledged."""

    def __init__(self) -> None:
        self.sent, self.acked, self.ends = defaultdict(int), defaultdict(int), {}
        self.error = None
        self._base, self._foreign = {}, {}
        self.queued: list[tuple[tuple[str, int], bytes | None]] = []

    def send(self, lane, key, value, headers) -> None:  # type: ignore[no-untyped-def]
        self.queued.append((lane, value))
        self.sent[lane] += 1

    def poll(self) -> None:
        pass

    def acknowledge(self) -> None:
        for lane, count in self.sent.items():
            self.acked[lane] = count
        self.ends[ORDERS] = self._base[ORDERS] + self.sent[ORDERS]


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire.begin(ORDERS, 10)
    return wire


@pytest.fixture
def lane(wire: Wire) -> Lane:
    store = Store(":memory:", "cluster/topic")
    return Lane(Partition(0, "topic-id", store, everyone(), 5, 2**24), store, wire)


def ticks(wire: Wire) -> list[dict[str, int]]:
    return [json.loads(value or b"") for (topic, _), value in wire.queued if topic == PROCESSED_TICKS.name]


def test_nothing_is_settled_before_the_first_slice(lane: Lane) -> None:
    assert lane.settled() is None


def test_a_snapshots_marker_is_not_committed_before_its_ghosts_are_removed(lane: Lane) -> None:
    shop = Shop()
    shop.begin()
    shop.create(1, [100])
    shop.snapshot()
    marker = len(shop.records) - 1
    outcome = lane.take(shop.records, 1)
    assert outcome.marker
    assert lane.settled() == marker
    for step in lane.partition.end_snapshot(outcome.marker, 1):
        lane.send(step)
    assert lane.settled() == marker
    lane.snapshot_ended(outcome)
    assert lane.settled() == marker + 1


def test_a_tick_passes_when_what_came_before_it_is_acknowledged(lane: Lane, wire: Wire) -> None:
    shop = Shop()
    shop.begin()
    shop.create(1, [100])
    shop.tick()
    lane.take(shop.records, 1)
    lane.pass_tick()
    assert ticks(wire) == []
    wire.acknowledge()
    lane.pass_tick()
    assert [(tick["offset"], tick["waiting"]) for tick in ticks(wire)] == [(11, 0)]


def test_a_tick_tells_how_long_the_oldest_order_waits(lane: Lane, wire: Wire) -> None:
    shop = Shop()
    shop.begin()
    shop.put_order(1, 100)
    shop.now_us += 2_000_000
    shop.tick()
    lane.take(shop.records, 1)
    wire.acknowledge()
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
    assert lane.store.versions([1]) == {}
    assert lane.store.get([1]), "yet it is the state that the next change is applied to"
    wire.acknowledge()
    lane.save(mark)
    assert lane.store.versions([1]) == {1: shop.now_us}
    assert lane.store.next_offset == 11
