"""The order of things in a worker: confirm, save, commit; hand over; damage; what an old generation still holds."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from faust.types import TP

from orderflow.core.outcome import Record
from orderflow.core.partition import Partition
from orderflow.core.topics import MYSQL_ORDERS
from streams import lease as leases
from streams.database import DamagedError
from streams.delivery import Delivery
from streams.desk import Desk
from streams.lane import Lane
from streams.lease import Lease
from streams.opening import Opening
from streams.reference import EndedError, ReferenceReader
from streams.store import Store
from streams.transport import Slice
from streams.watch import Watch
from tests.unit.core.shop import References, Shop, everyone
from tests.unit.streams.wire import ORDERS, Broker, Wire

INPUT = TP(MYSQL_ORDERS.name, 0)


class Known(References):
    """References that are always read to their end."""

    error = ""

    def start(self) -> None:
        pass

    def check(self) -> None:
        if self.error:
            raise EndedError(self.error)

    def take_arrived(self) -> list[tuple[str, int]]:
        return []

    async def catch_up(self) -> None:
        pass


class Nothing:
    """A watch that sees nothing."""

    async def mend(self, lane: Lane, owns: Callable[[], bool]) -> None:
        pass

    async def look(self, lane: Lane, owns: Callable[[], bool]) -> None:
        pass


class Piece:
    """A slice of partition 0."""

    def __init__(self, records: list[Record], generation_id: int = 1) -> None:
        self.partition, self.records, self.generation_id = 0, records, generation_id


class Bench:
    """A desk of one partition over a broker in memory; `events` is what happened, in order."""

    def __init__(self, path: Path) -> None:
        self.path, self.events, self.generation = path, list[str](), 1
        self.broker, self.shop = Broker(), Shop()
        self.wire = Wire(self.broker)
        everyone_ = everyone()
        self.references = Known(everyone_.customers, everyone_.products)
        self.desk = Desk(
            cast(Delivery, self.wire), cast(Opening, self), cast(ReferenceReader, self.references), Lease(10),
            cast(Watch, Nothing()), lambda: self.generation, self.rejoin,
        )  # fmt: skip

    def open(self, number: int) -> Lane:
        store = Store(self.path, "cluster/topic")
        self.wire.begin(ORDERS, len(self.broker.topics[ORDERS]))
        return Lane(Partition(number, "topic-id", store, self.references, 5, 2**24), store, self.wire)

    async def rejoin(self) -> None:
        self.events.append("rejoin")
        self.generation += 1

    def take(self, generation: int | None = None) -> None:
        piece = Piece(list(self.shop.records), generation or self.generation)
        asyncio.run(self.desk.take(cast(Slice, piece)))

    def confirm(self) -> dict[TP, int]:
        return asyncio.run(self.desk.confirm())

    @property
    def lane(self) -> Lane:
        return self.desk.lanes[0]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path / "partition-0.sqlite")
    bench.shop.begin()
    bench.shop.create(1, [100])
    return bench


def spy(bench: Bench, owner: Any, name: str) -> None:
    real = getattr(owner, name)

    def called(*arguments: Any) -> Any:
        bench.events.append(name)
        return real(*arguments)

    setattr(owner, name, called)


def test_an_offset_is_confirmed_when_its_output_is_acknowledged_and_then_saved(bench: Bench) -> None:
    bench.take()
    for owner, name in ((bench.lane.store, "seal"), (bench.wire, "confirm"), (bench.lane, "save")):
        spy(bench, owner, name)
    assert bench.confirm() == {INPUT: 2}
    assert bench.events == ["seal", "confirm", "save"]
    assert len(bench.broker.topics[ORDERS]) == 1


def test_what_is_sent_while_the_commit_waits_is_not_saved_with_it(bench: Bench) -> None:
    bench.take()
    real = bench.wire.confirm

    async def confirm(mark: dict[tuple[str, int], int]) -> None:
        bench.shop.begin()
        bench.shop.create(2, [100])
        await bench.desk.take(cast(Slice, Piece(bench.shop.records[2:])))
        await real(mark)

    bench.wire.confirm = confirm  # type: ignore[method-assign]  # the wire is the test's
    assert bench.confirm() == {INPUT: 2}
    assert bench.lane.store.db.rows("SELECT id FROM published") == [(1,)]
    assert bench.lane.store.next_offset == 1


def test_a_partition_that_moved_away_during_the_commit_is_not_committed(bench: Bench) -> None:
    bench.take()

    async def confirm(mark: dict[tuple[str, int], int]) -> None:
        bench.desk.forget()

    bench.wire.confirm = confirm  # type: ignore[method-assign]  # as above
    assert bench.confirm() == {}


def test_a_worker_that_has_failed_neither_saves_nor_commits(bench: Bench) -> None:
    bench.take()
    bench.desk.has_failed = True
    assert bench.confirm() == {}
    assert bench.lane.store.db.rows("SELECT id FROM published") == []


def test_a_slice_of_an_older_generation_is_left_to_its_owner(bench: Bench) -> None:
    bench.generation = 2
    bench.take(generation=1)
    assert bench.desk.lanes == {}


def test_a_slice_of_the_generation_that_was_forgotten_is_left_too(bench: Bench) -> None:
    bench.take()
    bench.desk.forget()
    bench.take()
    assert bench.desk.lanes == {}
    bench.generation = 2
    bench.take()
    assert list(bench.desk.lanes) == [0]


def test_nothing_is_on_its_way_after_a_hand_over(bench: Bench) -> None:
    bench.take()
    assert bench.wire.queue
    asyncio.run(bench.desk.hand_over())
    assert not bench.wire.queue
    assert bench.desk.lanes == {}


def test_a_partition_that_moves_away_amid_many_orders_sends_no_more(bench: Bench) -> None:
    bench.shop = Shop()
    bench.shop.begin()
    for id in range(1, 1_502):
        bench.shop.put_order(id, 100)
    for _ in range(6):
        bench.shop.tick()
    real = bench.wire.poll

    def poll() -> None:
        real()
        if len(bench.wire.queue) >= 500:
            bench.desk.forget()

    bench.wire.poll = poll  # type: ignore[method-assign]  # as above
    bench.take()
    assert len(bench.wire.queue) == 500


def test_a_damaged_file_is_thrown_away_and_the_partition_is_read_again(bench: Bench) -> None:
    bench.take()
    bench.confirm()
    bench.lane.store.db.run("UPDATE published SET value = zeroblob(10)")
    bench.shop.begin()
    bench.shop.put_order(1, 100, "paid")
    bench.take()
    assert bench.events == ["rejoin"]
    assert not bench.path.exists()
    assert bench.desk.lanes == {}
    bench.take()
    assert bench.confirm() == {INPUT: 3}


def test_damage_found_by_a_save_commits_nothing(bench: Bench) -> None:
    bench.take()

    def save(mark: object) -> None:
        raise DamagedError("page 7")

    bench.lane.save = save  # type: ignore[method-assign]  # as above
    assert bench.confirm() == {}
    assert (bench.events, bench.path.exists()) == (["rejoin"], False)


def test_a_dead_reader_of_references_fails_the_worker_at_once(bench: Bench) -> None:
    bench.take()
    bench.references.error = "RecursionError"
    with pytest.raises(EndedError):
        bench.desk.advance()


def test_the_lease_is_looked_at_before_every_message(monkeypatch: pytest.MonkeyPatch) -> None:
    class LostError(BaseException):
        pass

    def leave(code: int) -> None:
        assert code == leases.EXIT_CODE
        raise LostError

    now = [0.0]
    monkeypatch.setattr(leases, "_now", lambda: now[0])
    monkeypatch.setattr("streams.lease.os._exit", leave)
    delivery = Delivery("127.0.0.1:1", 1_000_000, Lease(10))
    delivery.send(ORDERS, b"1", b"{}", [])
    now[0] += 7.9
    delivery.send(ORDERS, b"1", b"{}", [])
    now[0] += 8.1
    with pytest.raises(LostError):
        delivery.send(ORDERS, b"1", b"{}", [])
    assert delivery.account(ORDERS).sent == 2
    delivery.producer.purge()
