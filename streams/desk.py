"""Who does what when in the worker: opens partitions, hands them slices, settles commits, drops what moved away."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from faust.types import TP

from orderflow.core.partition import Outcome, Partition
from orderflow.core.topics import MYSQL_ORDERS, PROCESSED_ORDERS
from streams import metrics
from streams.cluster import Cluster
from streams.delivery import Delivery
from streams.lane import Lane
from streams.lease import Lease
from streams.reference import ReferenceReader
from streams.restore import restore
from streams.store import Store
from streams.transport import Slice


class Desk:
    """The lanes of the partitions that this worker owns."""

    def __init__(
        self, cluster: Cluster, folder: Path, wait_ticks: int, lease: Lease, generation: Callable[[], int]
    ) -> None:
        """`generation` returns the consumer group's generation: a slice of an older one is somebody else's now."""
        self.cluster, self.folder, self.wait_ticks, self.lease = cluster, folder, wait_ticks, lease
        self.generation = generation
        self.delivery = Delivery(cluster.bootstrap_servers, PROCESSED_ORDERS.max_message_bytes)
        self.references = ReferenceReader(cluster.bootstrap_servers, self._reference_arrived)
        self.lanes: dict[int, Lane] = {}
        self._arrived: list[tuple[str, int]] = []
        self._started = False
        self._forgotten: int | None = None

    async def take(self, piece: Slice) -> None:
        """Fold a slice; what its ticks end is settled in between: overdue orders, a snapshot."""
        self.lease.check()
        lane = await self._lane(piece)
        records = piece.records
        while records and lane is not None and self._owns(lane):
            outcome = lane.take(records, _now_us())
            records = records[outcome.taken :]
            if outcome.marker is not None:
                await self._end_snapshot(lane, outcome)
            if outcome.tick is not None:
                await self._overdue(lane)
            self.advance()

    def _owns(self, lane: Lane) -> bool:
        return self.lanes.get(lane.number) is lane

    def advance(self) -> None:
        """Take delivery reports, settle orders whose references arrived, pass ticks on. Called often, never waits."""
        self.lease.check()
        self.delivery.poll()
        arrived, self._arrived = self._arrived, []
        for lane in self.lanes.values():
            if arrived and lane.partition.missing:
                lane.send(lane.partition.arrived(arrived, _now_us()))
            lane.pass_tick()

    async def settle(self) -> dict[TP, int]:
        """Return the input offsets that may be committed; all outputs of what lies below are acknowledged and saved."""
        lanes = dict(self.lanes)
        offsets = {number: lane.settled() for number, lane in lanes.items()}
        marks = {number: lane.mark() for number, lane in lanes.items()}
        for lane in lanes.values():
            lane.store.seal()
        for mark in marks.values():
            await self.delivery.confirm(mark)
        for number, lane in lanes.items():
            if self._owns(lane):
                lane.save(marks[number])
                metrics.COMMITTED.labels(number).set(offsets[number] or 0)
        return {
            TP(MYSQL_ORDERS.name, number): offset
            for number, offset in offsets.items()
            if offset is not None and self._owns(lanes[number])
        }

    def forget(self) -> None:
        """Drop all partitions: whoever owns them next reads on from the committed offsets."""
        self._forgotten = self.generation()
        lanes, self.lanes = self.lanes, {}
        for lane in lanes.values():
            lane.store.close()
        if lanes:
            self.lease.check()  # a worker that wakes from a freeze is told of its revocation first

    async def _lane(self, piece: Slice) -> Lane | None:
        number = piece.partition
        if self._is_old(piece):
            return None
        if number not in self.lanes:
            await self._know_references()
            # What an earlier assignment still has under way would be counted as this one's.
            orders = (PROCESSED_ORDERS.name, number)
            await self.delivery.confirm({orders: self.delivery.sent[orders]})
            lane = await asyncio.get_running_loop().run_in_executor(None, self._open, number)
            self.lease.check()
            if self._is_old(piece):
                lane.store.close()
                return None
            self.lanes[number] = lane
            self._resume(lane)
        return self.lanes[number]

    async def _know_references(self) -> None:
        if not self._started:
            self._started = True
            self.references.start()
            await self.references.catch_up()

    def _is_old(self, piece: Slice) -> bool:
        # Between a revocation and the next assignment the generation is still the old one.
        return piece.generation_id != self.generation() or piece.generation_id == self._forgotten

    def _open(self, number: int) -> Lane:
        self.folder.mkdir(parents=True, exist_ok=True)
        store = Store(self.folder / f"partition-{number}.sqlite", self.cluster.identity)
        end, again = restore(store, self.cluster.bootstrap_servers, number)
        self.delivery.begin((PROCESSED_ORDERS.name, number), end)
        partition = Partition(
            number, self.cluster.input_id, store, self.references, self.wait_ticks, PROCESSED_ORDERS.max_message_bytes
        )
        lane = Lane(partition, store, self.delivery)
        lane.again = again
        return lane

    def _resume(self, lane: Lane) -> None:
        """Send again what compaction would lose, and settle what went out without its references."""
        lane.send_again()
        for doc in lane.store.incomplete():
            lane.partition.remember_missing(doc)
        lane.send(lane.partition.arrived(list(lane.partition.missing), _now_us()))

    async def _overdue(self, lane: Lane) -> None:
        if self._owns(lane) and lane.partition.needs_references():
            await self.references.catch_up()
        if self._owns(lane):
            await self._send_all(lane, lane.partition.overdue(_now_us()))

    async def _end_snapshot(self, lane: Lane, outcome: Outcome) -> None:
        await self.references.catch_up()
        if self._owns(lane) and outcome.marker is not None:
            await self._send_all(lane, lane.partition.end_snapshot(outcome.marker, _now_us()))
        if self._owns(lane):
            lane.snapshot_ended(outcome)

    async def _send_all(self, lane: Lane, outcomes: Iterator[Outcome]) -> None:
        """Send step by step, with room for everybody else in between: there may be hundreds of thousands."""
        for outcome in outcomes:
            lane.send(outcome)
            self.delivery.poll()
            self.lease.check()
            await asyncio.sleep(0)
            if not self._owns(lane):
                return

    def _reference_arrived(self, kind: str, id: int) -> None:
        self._arrived.append((kind, id))  # list.append is atomic: the reader's thread may call this


def _now_us() -> int:
    return time.time_ns() // 1000
