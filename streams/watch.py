"""Looks after what no record of the input tells: strangers' records in the output, refused references, a topic made
anew. Each finding becomes dead letters or ends the worker; nothing here is passed over."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from orderflow.core.outcome import DeadLetter
from streams.account import Output, Strange
from streams.cluster import Cluster, topic_ids
from streams.delivery import Delivery
from streams.lane import Lane
from streams.mend import make_good, tell
from streams.offsets import commit
from streams.peek import peek, reader
from streams.reference import ReferenceReader
from streams.thread import in_thread

CHUNK = 20
"""Records read, told and made good at a time: each may have 16 MiB."""
LOOK_SECONDS = 5.0

log = logging.getLogger(__name__)


class AnewError(Exception):
    """A topic is not the one that this worker began with."""


class Watch:
    """One look at a time for each lane."""

    def __init__(self, cluster: Cluster, group: str, delivery: Delivery, references: ReferenceReader) -> None:
        """`group` keeps how far refused references are told."""
        self.cluster, self.group, self.delivery, self.references = cluster, group, delivery, references
        self._admin = AdminClient({"bootstrap.servers": cluster.bootstrap_servers})
        self._reader = reader(cluster.bootstrap_servers)
        self._next_look: dict[int, float] = {}

    async def look(self, lane: Lane, owns: Callable[[], bool]) -> None:
        """Tell what was refused; every LOOK_SECONDS compare the topic's end with what was sent; mend what is found."""
        await self._tell_refused(lane, owns)
        if owns() and monotonic() >= self._next_look.get(lane.number, 0.0):
            self._next_look[lane.number] = monotonic() + LOOK_SECONDS
            await self._compare_end(lane)
        if owns():
            await self.mend(lane, owns)

    async def mend(self, lane: Lane, owns: Callable[[], bool]) -> None:
        """Tell records that are not ours, then make their keys end right: in this order, for a crash in between."""
        if lane.is_mending:
            return
        lane.is_mending = True
        try:
            for strange in lane.account.unmended():
                log.warning("%s: offsets %s to %s are not ours", lane.output, strange.start, strange.stop - 1)
                for offsets in _chunks(strange):
                    if not await self._mend(lane, offsets, owns):
                        return
                lane.account.mended([strange])
        finally:
            lane.is_mending = False

    async def _mend(self, lane: Lane, offsets: range, owns: Callable[[], bool]) -> bool:
        records = await in_thread(partial(peek, self.cluster.bootstrap_servers, lane.output, offsets))
        if owns():
            tell(lane, records)
            await self.delivery.confirm(self.delivery.mark([lane.letters]))
        if owns():
            make_good(lane, records)
        return owns()

    async def _compare_end(self, lane: Lane) -> None:
        account, sent = lane.account, lane.account.sent
        try:
            end = await in_thread(partial(self._ask, lane.output))
        except KafkaException as error:
            if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise AnewError(f"a topic is gone: {error}") from error
            log.warning("no look at %s: %s", lane.output, error)  # an outage: the next look will tell
            return
        if account.sent == sent and account.is_quiet() and account.end is not None and end > account.end:
            account.found_end(end)

    def _ask(self, output: Output) -> int:
        found = topic_ids(self._admin)
        if found != self.cluster.topics:
            raise AnewError(f"topics were made anew: {self.cluster.topics} are now {found}")
        end: int = self._reader.get_watermark_offsets(TopicPartition(*output), timeout=10)[1]
        return end

    async def _tell_refused(self, lane: Lane, owns: Callable[[], bool]) -> None:
        for (topic, number), refused in self.references.refused.items():
            output, known = (topic, number), lane.told
            if number != lane.number or not (new := [r for r in refused if r.offset >= known[output]]):
                continue
            why = {one.offset: one for one in new[:CHUNK]}
            records = await in_thread(partial(peek, self.cluster.bootstrap_servers, output, why))
            if not owns():
                return
            for record in records:
                lane.send_letter(DeadLetter(record, why[record.offset].code, why[record.offset].text), topic)
            await self.delivery.confirm(self.delivery.mark([lane.letters]))
            known[output] = max(why) + 1
            note = self.cluster.topics[topic]
            await in_thread(partial(commit, self.cluster.bootstrap_servers, self.group, output, known[output], note))


def _chunks(strange: Strange) -> Iterator[range]:
    for start in range(strange.start, strange.stop, CHUNK):
        yield range(start, min(start + CHUNK, strange.stop))
