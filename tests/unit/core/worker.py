"""A worker without servers: the real fold and the real store over lists that stand for topics."""

from collections import Counter
from collections.abc import Sequence

from orderflow.core import codec
from orderflow.core.messages import OrderDocument
from orderflow.core.partition import DeadLetter, Emit, Outcome, Partition, Record
from streams.store import Store, row
from tests.unit.core.shop import References, Shop, everyone

TOPIC = "topic-id"
WAIT_TICKS = 5


class Worker:
    """Consumes a list of records; `output` is the topic it writes, `crash` loses all but the two topics."""

    def __init__(self, references: References | None = None, max_bytes: int = 2**24) -> None:
        self.references = references or everyone()
        self.max_bytes = max_bytes
        self.output: list[Emit] = []
        self.dead: list[DeadLetter] = []
        self.counts: Counter[str] = Counter()
        self.committed = 0
        self.begin()

    def begin(self) -> None:
        """Start with a cold store: restored from the output, highest version first, later offset of equals."""
        self.store = Store(":memory:", "cluster/topic")
        newest: dict[int, OrderDocument] = {}
        for emit in self.output:
            id = emit.doc.order_id
            doc = codec.decode_document(emit.value) if emit.value else codec.buried(id, emit.headers)
            if id not in newest or doc.version >= newest[id].version:
                newest[id] = doc
        self.store.write([row(doc, codec.encode_document(doc)) for doc in newest.values()], len(self.output))
        self.partition = Partition(0, TOPIC, self.store, self.references, WAIT_TICKS, self.max_bytes)
        for doc in self.store.incomplete():
            self.partition.remember_missing(doc)
        self.position = self.committed

    def take(self, records: Sequence[Record]) -> None:
        while records:
            outcome = self.partition.take(records, 1)
            self._keep(outcome)
            if outcome.marker:
                for step in self.partition.end_snapshot(outcome.marker, 1):
                    self._keep(step)
            if outcome.tick:
                for step in self.partition.overdue(1):
                    self._keep(step)
            self.position = records[outcome.taken - 1].offset + 1
            records = records[outcome.taken :]

    def arrived(self, kind: str, id: int) -> None:
        self._keep(self.partition.arrived([(kind, id)], 1))

    def commit(self) -> None:
        self.store.seal()
        self.store.save(len(self.output))
        first = self.store.first_waiting()
        self.committed = self.position if first is None else min(first, self.position)

    def crash(self) -> None:
        """Die, with a store that is lost too: restore from the output, read again from the last commit."""
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
        newest: dict[int, Emit] = {}
        for emit in self.output:
            id = emit.doc.order_id
            if id not in newest or _version(emit) >= _version(newest[id]):
                newest[id] = emit
        return {id: codec.decode_document(emit.value) for id, emit in newest.items() if emit.value}

    def whole(self) -> dict[int, tuple[object, ...]]:
        """Return the complete documents in the form of Shop.whole."""
        return {
            id: (
                doc.status,
                doc.total_amount,
                doc.customer.id if doc.customer else None,
                tuple((line.line_no, line.unit_price, line.quantity, line.product.id) for line in doc.lines),
            )
            for id, doc in self.documents().items()
            if doc.complete
        }

    def _keep(self, outcome: Outcome) -> None:
        self.output += outcome.emits
        self.dead += outcome.dead
        self.counts.update(outcome.counts)


def _version(emit: Emit) -> int:
    if emit.value:
        return codec.decode_document(emit.value).version
    return codec.buried(emit.doc.order_id, emit.headers).version


def versions(output: Sequence[Emit]) -> dict[int, list[int]]:
    """Return the versions of each order in the order in which they were published."""
    found: dict[int, list[int]] = {}
    for emit in output:
        found.setdefault(emit.doc.order_id, []).append(_version(emit))
    return found
