"""Faust's Kafka transport with two changes: one event is a fetched slice of a partition, and commits hold back.

Stock Faust hands over one message at a time, which costs twenty times the work; and its own acks commit past an
order that still waits. Both are measured in the README. Upstream names used here are held by a contract test.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, cast

from faust.transport.drivers import aiokafka as kafka
from faust.types import TP, ConsumerMessage, Message

from orderflow.core.codec import Headers
from orderflow.core.partition import Record


class Slice(ConsumerMessage):
    """A run of consumed messages of one partition; as an event it stands for the last of them."""

    __slots__ = ("records",)

    def __init__(self, messages: list[Message]) -> None:
        """Take the messages in offset order, at least one."""
        last = messages[-1]
        super().__init__(
            last.topic, last.partition, last.offset, last.timestamp, last.timestamp_type, None, b"", b"", None,
            tp=last.tp, generation_id=last.generation_id,
        )  # fmt: skip
        # Headers of consumed messages are always pairs.
        self.records = [Record(m.offset, m.key, m.value, cast(Headers, m.headers or [])) for m in messages]


class SliceConsumer(kafka.Consumer):
    """Fetches slices; commits what `settle` says is safe, and nothing else."""

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Yield a slice for each partition that has records."""
        fetched: dict[TP, list[Message]] = defaultdict(list)
        async for tp, message in super().getmany(timeout):
            fetched[tp].append(message)
        for tp, messages in fetched.items():
            if not self.flow_active or messages[-1].generation_id != self.app.consumer_generation_id:
                return  # a rebalance began: these records are fetched again by whoever owns the partition
            yield tp, Slice(messages)

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit the offsets below which every order is settled and every output acknowledged."""
        settled = await cast(SliceTransport, self.transport).settle()
        offsets = {tp: offset for tp, offset in settled.items() if tp in self.assignment()}
        return await self._commit(offsets) if offsets else False

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every partition: aiokafka leaves one where it stands whose committed offset is 0 or absent."""
        committed: Mapping[TP, int] = await super().seek_to_committed()
        fresh = [tp for tp, offset in committed.items() if not offset]
        if fresh:
            await self._thread.seek_to_beginning(*fresh)
        return committed

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Begin: the wait for the other members was no standstill."""
        cast(SliceTransport, self.transport).assigned()
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit what is settled, then forget the rest: every partition is read again from its committed offset."""
        try:
            await self.commit()
        finally:
            cast(SliceTransport, self.transport).forget()
            await super().on_partitions_revoked(revoked)


class SliceTransport(kafka.Transport):
    """The transport of the worker's app; `settle`, `forget` and `assigned` are set by the desk."""

    Consumer = SliceConsumer
    settle: Callable[[], Awaitable[dict[TP, int]]]
    forget: Callable[[], None]
    assigned: Callable[[], None]
