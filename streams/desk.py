"""Who does what when in the worker: opens partitions, hands them slices, confirms commits, drops what moved away."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

from faust.types import TP

from orderflow.core.envelope import TickChange
from orderflow.core.messages import Tick
from orderflow.core.outcome import Outcome
from orderflow.core.topics import MYSQL_ORDERS
from streams import metrics
from streams.database import DamagedError
from streams.delivery import Delivery
from streams.lane import Lane
from streams.lease import Lease
from streams.opening import Opening
from streams.reference import ReferenceReader
from streams.thread import in_thread
from streams.transport import Slice
from streams.watch import Watch

log = logging.getLogger(__name__)


class Desk:
    """The lanes of the partitions that this worker owns."""

    def __init__(
        self,
        delivery: Delivery,
        opening: Opening,
        references: ReferenceReader,
        lease: Lease,
        watch: Watch,
        generation: Callable[[], int],
        rejoin: Callable[[], Awaitable[None]],
    ) -> None:
        """`generation` returns the consumer group's generation: a slice of an older one is somebody else's now;
        `rejoin` makes the group assign anew, so that every partition is read again from its committed offset."""
        self.delivery, self.opening, self.references = delivery, opening, references
        self.lease, self.watch = lease, watch
        self.generation, self.rejoin = generation, rejoin
        self.lanes: dict[int, Lane] = {}
        self.has_failed = False
        self._started = False
        self._forgotten: int | None = None

    async def take(self, piece: Slice) -> None:
        """Fold a slice; what its ticks end is settled in between: overdue orders, a snapshot."""
        self.lease.check()
        lane = await self._lane(piece)
        if lane is None:
            return
        async with self._healing(lane):
            records = piece.records
            while records and self._owns(lane):
                outcome = lane.take(records, now_us())
                records = records[outcome.taken :]
                if outcome.marker is not None and outcome.tick is not None:
                    await self._end_snapshot(lane, outcome.marker, outcome.tick)
                if outcome.tick is not None:
                    await self._overdue(lane)
                self.advance()

    def _owns(self, lane: Lane) -> bool:
        return self.lanes.get(lane.number) is lane

    def advance(self) -> None:
        """Take delivery reports and pass ticks on. Called often, never waits."""
        self.lease.check()
        self.delivery.poll()
        self.references.check()
        for lane in self.lanes.values():
            lane.pass_tick()

    async def tend(self) -> None:
        """Do what no slice asks for: settle orders whose references arrived, look after the output. May take long."""
        arrived = self.references.take_arrived()
        for lane in list(self.lanes.values()):
            async with self._healing(lane):
                if arrived and self._owns(lane):
                    await self._send_all(lane, lane.partition.arrived(arrived, now_us()))
                if self._owns(lane):
                    await self.watch.look(lane, partial(self._owns, lane))

    async def confirm(self) -> dict[TP, int]:
        """Return the input offsets that may be committed; all outputs of what lies below are acknowledged and saved."""
        if self.has_failed:  # what was taken as published may never have been sent
            return {}
        lanes = dict(self.lanes)
        offsets, marks = {}, {}
        for number, lane in lanes.items():
            async with self._healing(lane):
                offsets[number], marks[number] = lane.committable(), lane.mark()
                lane.store.seal()
        for mark in marks.values():
            await self.delivery.confirm(mark)
        return {
            TP(MYSQL_ORDERS.name, number): offset
            for number, offset in offsets.items()
            if await self._save(lanes[number], marks[number], offset) and offset is not None
        }

    async def _save(self, lane: Lane, mark: dict[tuple[str, int], int], offset: int | None) -> bool:
        async with self._healing(lane):
            if not self.has_failed and self._owns(lane):
                lane.save(mark)
                metrics.COMMITTED.labels(lane.number).set(offset or 0)
        return not self.has_failed and self._owns(lane)

    async def hand_over(self) -> None:
        """Drop all partitions, and wait until nothing of theirs is on its way: the next owner reads what is there."""
        self.forget()
        await self.delivery.calm()

    def forget(self) -> None:
        """Drop all partitions: whoever owns them next reads on from the committed offsets."""
        self._forgotten = self.generation()
        lanes, self.lanes = self.lanes, {}
        for lane in lanes.values():
            lane.store.close()
            metrics.forget(lane.number)
        if lanes:
            self.lease.check()  # a worker that wakes from a freeze is told of its revocation first

    @asynccontextmanager
    async def _healing(self, lane: Lane) -> AsyncIterator[None]:
        """Throw a damaged file away and begin all partitions anew, without ending the process."""
        try:
            yield
        except DamagedError as error:
            log.error("partition %s is restored from its topic: %s", lane.number, error)
            metrics.DAMAGED.inc()
            lane.store.discard()
            self.forget()
            await self.rejoin()

    async def _lane(self, piece: Slice) -> Lane | None:
        number = piece.partition
        if self._is_old(piece):
            return None
        if number not in self.lanes:
            await self._know_references()
            lane = await in_thread(partial(self.opening.open, number))
            self.lease.check()
            if self._is_old(piece):
                lane.store.close()
                return None
            self.lanes[number] = lane
            async with self._healing(lane):
                await self.watch.mend(lane, partial(self._owns, lane))
                await self._send_all(lane, lane.partition.resume(now_us()))
        return self.lanes.get(number)

    async def _know_references(self) -> None:
        if not self._started:
            self._started = True
            self.references.start()
            await self.references.catch_up()

    def _is_old(self, piece: Slice) -> bool:
        # Between a revocation and the next assignment the generation is still the old one.
        return piece.generation_id != self.generation() or piece.generation_id == self._forgotten

    async def _overdue(self, lane: Lane) -> None:
        if self._owns(lane) and lane.partition.needs_references():
            await self.references.catch_up()
        if self._owns(lane):
            await self._send_all(lane, lane.partition.overdue(now_us()))

    async def _end_snapshot(self, lane: Lane, marker: TickChange, tick: Tick) -> None:
        await self.references.catch_up()
        if self._owns(lane):
            await self._send_all(lane, lane.partition.end_snapshot(marker, now_us()))
        if self._owns(lane):
            lane.snapshot_ended(marker.origin.offset, tick)

    async def _send_all(self, lane: Lane, outcomes: Iterator[Outcome]) -> None:
        """Send step by step, with room for everybody else in between: there may be hundreds of thousands."""
        for outcome in outcomes:
            lane.send(outcome)
            self.delivery.poll()
            self.lease.check()
            await asyncio.sleep(0)
            if not self._owns(lane):
                return


def now_us() -> int:
    """Return the wall clock, microseconds since 1970 UTC."""
    return time.time_ns() // 1000
