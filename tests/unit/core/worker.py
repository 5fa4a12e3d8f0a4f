"""A worker without servers: the real fold, lane, store and restore over lists that stand for topics."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from orderflow.core import codec
from orderflow.core.messages import OrderDocument
from orderflow.core.outcome import DeadLetter, Outcome, Record
from orderflow.core.partition import Partition
from streams.lane import Lane
from streams.mend import make_good, tell
from streams.restore import as_ranges, take
from streams.store import Store
from tests.unit.core.shop import References, Shop, everyone
from tests.unit.streams.wire import ORDERS, Broker, Wire

TOPIC = "topic-id"
WAIT_TICKS = 5


class CountingLane(Lane):
    """A lane whose counts a test can read."""

    def __init__(self, partition: Partition, store: Store, delivery: Wire) -> None:
        super().__init__(partition, store, delivery)
        self.counts: Counter[str] = Counter()

    def send(self, outcome: Outcome) -> None:
        self.counts.update(outcome.counts)
        super().send(outcome)


class Worker:
    """Consumes a list of records; what it sends arrives at once, or when its wire delivers (`at_once` False)."""

    def __init__(
        self,
        references: References | None = None,
        max_bytes: int = 2**24,
        path: str | Path = ":memory:",
        at_once: bool = True,
    ) -> None:
        self.references = references or everyone()
        self.max_bytes, self.path, self.at_once = max_bytes, path, at_once
        self.broker = Broker()
        self.committed = 0
        self.counts: Counter[str] = Counter()
        self.begin()

    def begin(self) -> None:
        """Start with what the file still holds, brought level with the output; read from the last commit."""
        self.store = Store(self.path, "cluster/topic")
        self.wire = Wire(self.broker, self.at_once)
        topic, strange = self.output, dict[bytes, list[int]]()
        for start in range(self.store.next_offset, len(topic), 7):
            batch = topic[start : start + 7]
            take(self.store, batch, start + len(batch), strange)
        ranges = as_ranges(offset for offsets in strange.values() for offset in offsets)
        self.wire.begin(ORDERS, len(topic), ranges)
        partition = Partition(0, TOPIC, self.store, self.references, WAIT_TICKS, self.max_bytes)
        self.lane = CountingLane(partition, self.store, self.wire)
        self.lane.counts = self.counts
        self.mend()
        self.send_all(partition.resume(1))
        self.position = self.committed

    @property
    def output(self) -> list[Record]:
        """All of `processed-orders`."""
        return self.broker.topics[ORDERS]

    @property
    def dead(self) -> list[DeadLetter]:
        return self.broker.dead()

    def send_all(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self.lane.send(outcome)
            self.between()

    def between(self) -> None:
        """Do what happens meanwhile: a test's own."""

    def mend(self) -> None:
        """Make good what is not ours, as Watch does."""
        for strange in self.lane.account.unmended():
            records = self.output[strange.start : strange.stop]
            tell(self.lane, records)
            make_good(self.lane, records)
            self.lane.account.mended([strange])

    def take(self, records: Sequence[Record]) -> None:
        records = list(records)
        while records:
            outcome = self.lane.take(records, 1)
            if outcome.marker and outcome.tick:
                self.send_all(self.lane.partition.end_snapshot(outcome.marker, 1))
                self.lane.snapshot_ended(outcome.marker.origin.offset, outcome.tick)
            if outcome.tick:
                self.send_all(self.lane.partition.overdue(1))
            self.position = records[outcome.taken - 1].offset + 1
            self.lane.pass_tick()
            self.between()
            records = records[outcome.taken :]

    def arrived(self, kind: str, id: int) -> None:
        self.send_all(self.lane.partition.arrived([(kind, id)], 1))

    def commit(self) -> None:
        """Confirm, save, commit: in the order of Desk.confirm."""
        offset, mark = self.lane.committable(), self.lane.mark()
        self.store.seal()
        self.wire.deliver()
        self.lane.save(mark)
        self.committed = offset if offset is not None else self.committed

    def crash(self) -> None:
        """Die; a file in memory is lost with it."""
        self.store.close()
        self.begin()

    def read(self, shop: Shop, slices: Sequence[int] = ()) -> None:
        """Read to the end of the topic in slices of these sizes, the rest at once."""
        for size in slices:
            if self.position < len(shop.records):
                self.take(shop.records[self.position : self.position + max(1, size)])
        if self.position < len(shop.records):
            self.take(shop.records[self.position :])

    def settle(self, shop: Shop) -> None:
        """Let time pass until nothing waits."""
        for _ in range(WAIT_TICKS + 1):
            shop.tick()
            self.read(shop)

    def documents(self) -> dict[int, OrderDocument]:
        """Return what a consumer holds who heeds versions: later of equals wins, tombstones remove."""
        newest: dict[int, tuple[OrderDocument, bool]] = {}
        for record in self.output:
            doc = codec.published(record.key, record.value, record.headers)
            if isinstance(doc, str):
                continue
            if doc.order_id not in newest or doc.version >= newest[doc.order_id][0].version:
                newest[doc.order_id] = doc, record.value is not None
        return {id: doc for id, (doc, is_there) in newest.items() if is_there}

    def last(self) -> dict[bytes | None, bytes]:
        """Return what compaction would leave: the last value of each key, tombstones removed."""
        return {key: value for key, value in {record.key: record.value for record in self.output}.items() if value}

    def whole(self) -> dict[int, tuple[object, ...]]:
        """Return the complete documents in the form of Shop.whole."""
        return {id: whole(doc) for id, doc in self.documents().items() if doc.complete}


def whole(doc: OrderDocument) -> tuple[object, ...]:
    """Return a document in the form of Shop.whole."""
    lines = tuple((line.line_no, line.unit_price, line.quantity, line.product.id) for line in doc.lines)
    return doc.status, doc.total_amount, doc.customer.id if doc.customer else None, lines


def versions(output: Sequence[Record]) -> dict[int, list[int]]:
    """Return the versions of each order in the order in which they were published."""
    found: dict[int, list[int]] = {}
    for record in output:
        doc = codec.published(record.key, record.value, record.headers)
        if isinstance(doc, OrderDocument):
            found.setdefault(doc.order_id, []).append(doc.version)
    return found
