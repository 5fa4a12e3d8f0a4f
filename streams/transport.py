"""Faust's Kafka transport with two changes: one event is a fetched slice of a partition, and commits hold back.

Stock Faust hands over one message at a time, which costs twenty times the work; and its own acks commit past an
order that still waits. Both are measured in the README. Upstream names used here are held by a contract test.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from aiokafka.errors import CommitFailedError  # type: ignore[import-untyped]  # it has no stubs
from aiokafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]  # it has no stubs
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as kafka
from faust.types import TP, ConsumerMessage, Message

from orderflow.core.codec import Headers
from orderflow.core.outcome import Record


class Slice(ConsumerMessage):
    """A run of consumed records of one partition; as an event it stands for the last of them."""

    __slots__ = ("records",)

    def __init__(self, tp: TP, fetched: Sequence[Any], generation_id: int) -> None:
        """Take aiokafka's records in offset order, at least one."""
        last = fetched[-1]
        super().__init__(
            last.topic, last.partition, last.offset, last.timestamp / 1000.0, last.timestamp_type, None, b"", b"",
            None, tp=tp, generation_id=generation_id,
        )  # fmt: skip
        self.records = [Record(r.offset, r.key, r.value, cast(Headers, r.headers)) for r in fetched]


class SliceThread(kafka.AIOKafkaConsumerThread):
    """The thread that talks to the broker."""

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit with the note that says what the offsets are worth; Faust's own commits none. Raises what fails."""
        note = cast(SliceTransport, self.transport).note
        wanted = {kafka.ensure_aiokafka_TP(tp): OffsetAndMetadata(offset, note) for tp, offset in offsets.items()}
        try:
            await self._ensure_consumer().commit(wanted)
        except CommitFailedError:
            return False  # the group has moved on: whoever owns the partitions now reads them again
        return True


class SliceConsumer(kafka.Consumer):
    """Fetches slices; commits what `confirm` says is safe, and nothing else."""

    def _new_consumer_thread(self) -> SliceThread:
        return SliceThread(self, loop=self.loop, beacon=self.beacon)

    async def rejoin(self) -> None:
        """Have the group assign its partitions anew."""
        await self._thread.call_thread(self._rejoin)

    async def _rejoin(self) -> None:
        self._thread._ensure_consumer()._coordinator.request_rejoin()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Yield a slice for each partition that has records."""
        fetched, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if fetched is None or self.should_stop:
            return
        if fetched and not self.flow_active:
            await self.perform_seek()  # fetched before a rebalance: they are read again by whoever owns them then
            return
        for partition, records in fetched.items():
            tp = ensure_TP(partition)
            if not self.flow_active or generation != self.app.consumer_generation_id:
                return
            if records and (active is None or tp in active or tp in self._buffered_partitions):
                yield tp, Slice(tp, records, generation)

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit the offsets below which every order is settled and every output acknowledged."""
        confirmed = await cast(SliceTransport, self.transport).confirm()
        offsets = {tp: offset for tp, offset in confirmed.items() if tp in self.assignment()}
        return await self._commit(offsets) if offsets else False

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every partition, to its beginning where no offset is committed or it counts for another output.

        aiokafka by itself leaves a partition where it stands whose committed offset is 0 or absent.
        """
        committed: dict[TP, int | None] = {
            ensure_TP(tp): offset for tp, offset in (await super().seek_to_committed()).items()
        }
        worthless = await cast(SliceTransport, self.transport).worthless(set(committed))
        fresh = [tp for tp, offset in committed.items() if not offset or tp in worthless]
        if fresh:
            await self._thread.seek_to_beginning(*map(kafka.ensure_aiokafka_TP, fresh))
        return cast(Mapping[TP, int], committed | dict.fromkeys(fresh))  # Faust takes None for "nothing read yet"

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Begin: the wait for the other members was no standstill."""
        cast(SliceTransport, self.transport).assigned()
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit what is settled, then forget the rest: every partition is read again from its committed offset.

        The group waits for this call: the next owner begins when nothing of this one is on its way any more.
        """
        try:
            await self.commit()
        finally:
            await cast(SliceTransport, self.transport).hand_over()
            await super().on_partitions_revoked(revoked)


class SliceTransport(kafka.Transport):
    """The transport of the worker's app; what it calls is set by the app's builder."""

    Consumer = SliceConsumer
    note: str
    confirm: Callable[[], Awaitable[dict[TP, int]]]
    worthless: Callable[[set[TP]], Awaitable[set[TP]]]
    hand_over: Callable[[], Awaitable[None]]
    assigned: Callable[[], None]
