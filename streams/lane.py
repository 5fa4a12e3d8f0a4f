"""One partition in the worker: its fold, its store, and what is still on the way to the broker."""

from orderflow.core import codec
from orderflow.core.messages import Tick
from orderflow.core.orders import Wait
from orderflow.core.outcome import DeadLetter, Outcome, Record
from orderflow.core.partition import Partition
from orderflow.core.topics import MYSQL_ORDERS, ORDERS_DLQ, PROCESSED_ORDERS, PROCESSED_TICKS
from streams import letters, metrics
from streams.account import Output
from streams.delivery import Delivery
from streams.store import Store


class Lane:
    """Sends what the fold asks for, and says up to which input offset everything is settled."""

    def __init__(self, partition: Partition, store: Store, delivery: Delivery) -> None:
        """Begin with nothing taken: the first slice says where the input stands."""
        self.partition, self.store, self.delivery = partition, store, delivery
        self.number = partition.number
        self.output: Output = (PROCESSED_ORDERS.name, self.number)
        self.letters: Output = (ORDERS_DLQ.name, self.number)
        self.taken: int | None = None
        self.account = delivery.account(self.output)
        self.told: dict[Output, int] = {}
        self.is_mending = False
        self._tick: tuple[Tick, dict[Output, int], Wait] | None = None

    def take(self, records: list[Record], now_us: int) -> Outcome:
        """Fold records up to the end of a snapshot, or all, and send what comes of it."""
        outcome = self.partition.take(records, now_us)
        self.send(outcome)
        last = records[outcome.taken - 1].offset
        # Not past a snapshot's end marker until its ghosts are removed: a crash in between must meet it again.
        self.taken = last if outcome.marker is not None else last + 1
        if outcome.tick is not None and outcome.marker is None:
            self._remember(outcome.tick)
        metrics.EVENTS.labels(self.number).inc(outcome.taken)
        return outcome

    def snapshot_ended(self, marker: int, tick: Tick) -> None:
        """Go on after a marker at this offset: what it settles is sent."""
        self.taken = marker + 1
        self._remember(tick)

    def _remember(self, tick: Tick) -> None:
        # What waits now counts as waiting, even if it is sent before the tick is: its document lies beyond the mark.
        self._tick = (tick, self.mark(), self.store.all_waiting())

    def send(self, outcome: Outcome) -> None:
        """Send documents and dead letters."""
        send, output = self.delivery.send, self.output
        for emit in outcome.emits:
            send(output, b"%d" % emit.doc.order_id, emit.value, emit.headers)
        for letter in outcome.dead:
            self.send_letter(letter, MYSQL_ORDERS.name)
        metrics.count(outcome.counts)

    def send_letter(self, letter: DeadLetter, topic: str) -> None:
        """Send a dead letter: a record of `topic` in the partition of this number."""
        record = letters.written(letter, topic, self.number)
        self.delivery.send(self.letters, record.key, record.value, record.headers)
        metrics.DEAD_LETTERS.labels(letter.code).inc()

    def pass_tick(self) -> None:
        """Pass the newest tick on if all that was sent before it is acknowledged."""
        if self._tick is None or not self.delivery.is_acked(self._tick[1]):
            return
        (tick, _, wait), self._tick = self._tick, None
        tick.offset = self.account.end or 0
        tick.waiting = wait.orders
        tick.oldest_wait_us = max(0, tick.committed_us - wait.since_us) if wait.orders else 0
        metrics.WAITING.labels(self.number).set(wait.orders)
        self.delivery.send((PROCESSED_TICKS.name, self.number), str(tick.slot).encode(), codec.encode_tick(tick), [])

    def mark(self) -> dict[Output, int]:
        """Return how much has been sent to each output."""
        return self.delivery.mark((self.output, self.letters))

    def committable(self) -> int | None:
        """Return the input offset below which every order is settled, if anything was taken."""
        if self.taken is None:
            return None
        first = self.store.first_waiting()
        return self.taken if first is None else min(first, self.taken)

    def save(self, mark: dict[Output, int]) -> None:
        """Write what was sealed when `mark` was taken; all of it is acknowledged by now."""
        self.store.save(self.account.known_to(mark[self.output]))
