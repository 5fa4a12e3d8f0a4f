"""The fold over one partition of `mysql-orders`: records in; documents, dead letters, ticks out. No clock, no I/O."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import UNSET

from orderflow.core import codec, document
from orderflow.core.checks import check
from orderflow.core.document import References
from orderflow.core.envelope import (
    Change,
    LineChange,
    OrderChange,
    Origin,
    Rejected,
    TickChange,
    decode,
)
from orderflow.core.messages import OrderDocument, Position, Tick
from orderflow.core.orders import Orders, Reference, Waiting
from orderflow.core.outcome import DeadLetter, Emit, Outcome, Record
from orderflow.core.statuses import is_legal


class Moment(NamedTuple):
    """When a change came: input offset, ticks counted so far, time of the newest tick (before any: of the change)."""

    offset: int
    tick: int
    clock_us: int


Known = OrderChange | LineChange | Rejected
BREATH = 1_000
"""References looked up between two steps: a new snapshot of a large table brings millions."""
ROWS = (OrderChange, LineChange)
Documents = dict[int, OrderDocument | Waiting]


def _is_settled(doc: OrderDocument) -> bool:
    """Say whether waiting cannot help: nothing is left, or a row was refused and only a better one mends it."""
    return document.is_gone(doc) or (bool(doc.rejected) and doc.deleted is UNSET)


class Partition:
    """One partition's orders as they follow its records."""

    def __init__(
        self, number: int, topic_id: str, orders: Orders, references: References, wait_ticks: int, max_bytes: int
    ):
        self.number, self.topic_id, self.wait_ticks, self.max_bytes = number, topic_id, wait_ticks, max_bytes
        self.orders, self.references = orders, references
        self.ticks = 0
        self.clock_us = 0
        self._newest_tick: tuple[str, Position] | None = None

    def take(self, records: Sequence[Record], now_us: int) -> Outcome:
        """Apply records and settle every order that they touched; stops after a snapshot's end marker.

        `Outcome.taken` says how many were applied: end the snapshot, then call again with the rest.
        """
        outcome = Outcome()
        changes = self._read_all(records, outcome)
        known = self.orders.get(
            list({c.order_id: None for c in changes if not isinstance(c, TickChange) and c.order_id is not None})
        )
        touched: dict[int, Moment] = {}
        for change in changes:
            if isinstance(change, TickChange):
                self._tick(change, outcome, now_us)
            else:
                self._apply(change, known, touched, outcome)
        self._settle([(known[id], moment) for id, moment in touched.items()], outcome, now_us)
        return outcome

    def needs_references(self) -> bool:
        """Say whether a due order lacks a reference: then read them up to now before `overdue`."""
        return self.orders.due_lacks(self.ticks - self.wait_ticks)

    def overdue(self, now_us: int) -> Iterator[Outcome]:
        """Publish, flagged, every order that has waited long enough; some at a time, for there may be many."""
        return self._give_up(lambda: self.orders.waited(self.ticks - self.wait_ticks), now_us)

    def end_snapshot(self, marker: TickChange, now_us: int) -> Iterator[Outcome]:
        """Settle all that waited before the marker, then remove the orders that the snapshot did not show."""
        yield from self._give_up(lambda: self.orders.began(marker.origin.offset), now_us)
        for ghosts in self.orders.unshown(marker.snapshot or "", self.topic_id, marker.origin.offset):
            yield self._removed(ghosts, marker, now_us, Counter(ghosts=len(ghosts)))
        for docs in self.orders.gone():
            # Binlogs that begin anew: an order created again under an old id must not seem older than its end.
            outdated = [doc for doc in docs if document.is_beyond(doc, marker.origin, self.topic_id)]
            yield self._removed(outdated, marker, now_us)

    def _removed(
        self, docs: Sequence[OrderDocument], marker: TickChange, now_us: int, counts: Counter[str] | None = None
    ) -> Outcome:
        outcome = Outcome(counts=counts or Counter())
        for doc in docs:
            document.remove(doc, marker.origin, self.topic_id)
            outcome.emits.append(self._emit(doc, None, now_us, outcome))
        self.orders.publish(outcome.emits)
        return outcome

    def arrived(self, references: Iterable[Reference], now_us: int) -> Iterator[Outcome]:
        """Settle the orders that waited for these references, or went out without them; some at a time."""
        for count, reference in enumerate(references):
            if count % BREATH == BREATH - 1:
                yield Outcome()
            after = 0
            while self._knows(reference) and (ids := self.orders.lacking(reference, after)):
                after = ids[-1]
                yield self._settled(self.orders.get(ids).values(), now_us)

    def resume(self, now_us: int) -> Iterator[Outcome]:
        """Settle what went out without references that are known by now, and note what the rest still lacks."""
        for docs in self.orders.incomplete():
            needs = {doc.order_id: document.missing_references(doc) for doc in docs if not doc.rejected}
            self.orders.lack(needs)
            mended = [doc for doc in docs if any(self._knows(reference) for reference in needs.get(doc.order_id, ()))]
            yield self._settled(mended, now_us)

    def again(self, doc: OrderDocument, outcome: Outcome) -> Emit:
        """Return what is to be sent when this published document is not what the topic ends with."""
        state = codec.encode_document(doc)
        if document.is_gone(doc):
            return Emit(doc, state, None, codec.tombstone_headers(doc))
        return self._sized(Emit(doc, state, state, []), outcome)

    def _knows(self, reference: Reference) -> bool:
        kind, id = reference
        found = self.references.customer(id) if kind == "customer" else self.references.product(id)
        return found is not None

    def _read_all(self, records: Sequence[Record], outcome: Outcome) -> list[Change | Rejected]:
        changes = []
        for record in records:
            outcome.taken += 1
            change = self._read(record, outcome)
            if change is not None:
                changes.append(change)
                if isinstance(change, TickChange) and change.snapshot:
                    break
        return changes

    def _read(self, record: Record, outcome: Outcome) -> Change | Rejected | None:
        if record.value is None:
            outcome.counts["tombstones"] += 1  # says only what the delete event before it said
            return None
        change = decode(record.key, record.value, record.offset)
        if isinstance(change, ROWS):
            change = check(change) or change
        if isinstance(change, Rejected):
            outcome.dead.append(DeadLetter(record, change.code, change.text))
        return change

    def _apply(self, change: Known, known: Documents, touched: dict[int, Moment], outcome: Outcome) -> None:
        id = change.order_id
        if id is None:
            return
        entry = known.get(id)
        if entry is None:
            entry = known[id] = OrderDocument(id)
        doc = entry.doc if isinstance(entry, Waiting) else entry
        before = doc.status
        if isinstance(change, Rejected):
            applied, offset = document.flag(doc, change, self.topic_id), change.offset
        else:
            applied, offset = document.apply(doc, change, self.topic_id), change.origin.offset
        if not applied:
            outcome.counts["duplicates"] += 1
            return
        if id not in touched:
            touched[id] = Moment(offset, self.ticks, self.clock_us or doc.version)
        if doc.status is not None and not is_legal(before, doc.status):
            outcome.counts["illegal_transitions"] += 1

    def _tick(self, tick: TickChange, outcome: Outcome, now_us: int) -> None:
        origin = tick.origin
        if self._is_new(origin):  # by its place, not by its time: the source's clock may be set back
            self.ticks += 1
            self.clock_us = origin.committed_us
            self._newest_tick = (origin.server, origin.at)
        if tick.snapshot:
            outcome.marker = tick
        outcome.tick = Tick(
            tick.slot, self.number, origin.committed_us, origin.captured_us, now_us, origin.gtid, 0, 0, 0
        )

    def _is_new(self, origin: Origin) -> bool:
        if self._newest_tick is None:
            return True
        server, at = self._newest_tick
        return origin.server != server or origin.at > at

    def _settled(self, orders: Iterable[OrderDocument | Waiting], now_us: int) -> Outcome:
        outcome = Outcome()
        self._settle([(order, None) for order in orders], outcome, now_us)
        return outcome

    def _settle(
        self,
        orders: Iterable[tuple[OrderDocument | Waiting, Moment | None]],
        outcome: Outcome,
        now_us: int,
        late: bool = False,
    ) -> None:
        """Publish what is settled, let the rest wait; moment None: no new change, so no new wait."""
        waiting, emits = [], []
        needs: dict[int, list[Reference]] = {}
        for entry, moment in orders:
            doc = entry.doc if isinstance(entry, Waiting) else entry
            document.fill(doc, self.references)
            reason = document.imperfection(doc)
            needs[doc.order_id] = document.missing_references(doc) if reason and not doc.rejected else []
            if late or reason is None or _is_settled(doc):
                emits.append(self._emit(doc, reason, now_us, outcome))
            elif isinstance(entry, Waiting):
                waiting.append(entry)
            elif moment is not None:
                waiting.append(Waiting(doc, moment.tick, moment.clock_us, moment.offset))
            else:
                emits.append(self._emit(doc, reason, now_us, outcome))
        self.orders.wait(waiting)
        self.orders.publish(emits)
        self.orders.lack(needs)
        outcome.emits += emits

    def _give_up(self, next_ids: Callable[[], list[int]], now_us: int) -> Iterator[Outcome]:
        while ids := next_ids():
            outcome = Outcome()
            self._settle([(order, None) for order in self.orders.get(ids).values()], outcome, now_us, late=True)
            yield outcome

    def _emit(self, doc: OrderDocument, reason: str | None, now_us: int, outcome: Outcome) -> Emit:
        if not doc.rejected:  # a refused row may stand before lines that are shown yet
            document.prune(doc)
        if doc.deleted is True or document.is_gone(doc):
            document.bury(doc)
            return Emit(doc, codec.encode_document(doc), None, codec.tombstone_headers(doc))
        doc.complete, doc.incomplete_reason = reason is None, reason
        outcome.counts["documents" if doc.complete else "incomplete"] += 1
        if doc.stages is not None:
            doc.stages.processed_us = now_us
        value = codec.encode_document(doc)
        return self._sized(Emit(doc, value, value, []), outcome)

    def _sized(self, emit: Emit, outcome: Outcome) -> Emit:
        if emit.value is None or len(emit.value) <= self.max_bytes:
            return emit
        size, doc = len(emit.value), emit.doc
        reason = f"too large: {size} bytes and {len(doc.lines)} lines, the topic takes {self.max_bytes}"
        short = OrderDocument(**{name: getattr(doc, name) for name in doc.__struct_fields__})
        short.lines, short.rejected, short.complete, short.incomplete_reason = [], [], False, reason
        emit.value = codec.encode_document(short)
        letter = Record(doc.source.offset if doc.source else -1, str(doc.order_id).encode(), emit.value, [])
        outcome.dead.append(DeadLetter(letter, "document_too_large", reason))
        return emit
