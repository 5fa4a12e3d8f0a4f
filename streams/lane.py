"""One partition in the worker: its fold, its store, and what is still on the way to the broker."""

from orderflow.core import codec, document
from orderflow.core.messages import Tick
from orderflow.core.partition import DeadLetter, Outcome, Partition, Record
from orderflow.core.topics import MYSQL_ORDERS, ORDERS_DLQ, PROCESSED_ORDERS, PROCESSED_TICKS
from streams import metrics
from streams.delivery import Delivery
from streams.store import Store


class Lane:
    """Sends what the fold asks for, and says up to which input offset everything is settled."""

    def __init__(self, partition: Partition, store: Store, delivery: Delivery) -> None:
        """Begin with nothing taken: the first slice says where the input stands."""
        self.partition, self.store, self.delivery = partition, store, delivery
        self.number = partition.number
        self.orders = (PROCESSED_ORDERS.name, self.number)
        self.letters = (ORDERS_DLQ.name, self.number)
        self.taken: int | None = None
        self.again: dict[int, int] = {}
        self._tick: tuple[Tick, dict[tuple[str, int], int]] | None = None

    def take(self, records: list[Record], now_us: int) -> Outcome:
        """Fold records up to the end of a snapshot, or all, and send what comes of it."""
        outcome = self.partition.take(records, now_us)
        self.send(outcome)
        last = records[outcome.taken - 1].offset
        # Not past a snapshot's end marker until its ghosts are removed: a crash in between must meet it again.
        self.taken = last if outcome.marker is not None else last + 1
        if outcome.tick is not None and outcome.marker is None:
            self._tick = (outcome.tick, self.mark())
        metrics.EVENTS.labels(self.number).inc(outcome.taken)
        return outcome

    def snapshot_ended(self, outcome: Outcome) -> None:
        """Go on after a marker: what it settles is sent."""
        if outcome.marker is not None and outcome.tick is not None:
            self.taken = outcome.marker.origin.offset + 1
            self._tick = (outcome.tick, self.mark())

    def send(self, outcome: Outcome) -> None:
        """Send documents and dead letters."""
        for emit in outcome.emits:
            self.delivery.send(self.orders, str(emit.doc.order_id).encode(), emit.value, emit.headers)
        for letter in outcome.dead:
            self._send_letter(letter)
        metrics.count(outcome.counts)

    def send_again(self) -> None:
        """Send the newest documents of orders whose last record in the topic is an older one."""
        for doc in self.store.published(sorted(self.again)).values():
            gone = document.is_gone(doc)
            value = None if gone else codec.encode_document(doc)
            headers = codec.tombstone_headers(doc) if gone else []
            self.delivery.send(self.orders, str(doc.order_id).encode(), value, headers)
        self.again = {}

    def pass_tick(self) -> None:
        """Pass the newest tick on if all that was sent before it is acknowledged."""
        if self._tick is None or not self.delivery.is_acked(self._tick[1]):
            return
        tick, self._tick = self._tick[0], None
        wait = self.store.all_waiting()
        tick.offset = self.delivery.ends[self.orders]
        tick.waiting = wait.orders
        tick.oldest_wait_us = max(0, tick.committed_us - wait.since_us) if wait.orders else 0
        metrics.WAITING.labels(self.number).set(wait.orders)
        self.delivery.send((PROCESSED_TICKS.name, self.number), str(tick.slot).encode(), codec.encode_tick(tick), [])

    def mark(self) -> dict[tuple[str, int], int]:
        """Return how much has been sent to each output."""
        return {lane: self.delivery.sent[lane] for lane in (self.orders, self.letters)}

    def settled(self) -> int | None:
        """Return the input offset below which every order is settled, if anything was taken."""
        if self.taken is None:
            return None
        first = self.store.first_waiting()
        return self.taken if first is None else min(first, self.taken)

    def save(self, mark: dict[tuple[str, int], int]) -> None:
        """Write what was sealed when `mark` was taken; all of it is acknowledged by now."""
        self.store.save(self.delivery.end_at(self.orders, mark[self.orders]))

    def _send_letter(self, letter: DeadLetter) -> None:
        record = letter.record
        about = {
            "orderflow.code": letter.code,
            "orderflow.error": letter.text,
            "orderflow.topic": MYSQL_ORDERS.name,
            "orderflow.partition": str(self.number),
            "orderflow.offset": str(record.offset),
        }
        headers = [*record.headers, *((name, text.encode()) for name, text in about.items())]
        self.delivery.send(self.letters, record.key, record.value, headers)
        metrics.DEAD_LETTERS.labels(letter.code).inc()
