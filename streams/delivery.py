"""The worker's producer: sends, and knows what the broker has acknowledged."""

import asyncio
import time
from collections import defaultdict

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from orderflow.core.codec import Headers

Lane = tuple[str, int]
"""Topic and partition."""

TIMEOUT_MS = 5_000
"""A message not acknowledged by then fails the worker: below the session timeout, so a worker that was frozen cannot
deliver what it had queued after another took its partitions."""


class DeliveryError(Exception):
    """The broker did not take a message in time, or refused it."""


class Delivery:
    """Sends in order per partition; counts what was sent and acknowledged in each."""

    def __init__(self, bootstrap_servers: str, max_bytes: int) -> None:
        """Connect lazily; `max_bytes` bounds one message."""
        self.producer = Producer(
            {
                "bootstrap.servers": bootstrap_servers,
                "acks": "all",
                "enable.idempotence": True,
                "compression.type": "lz4",
                "linger.ms": 2,
                "message.max.bytes": max_bytes,
                "delivery.timeout.ms": TIMEOUT_MS,
                "queue.buffering.max.messages": 1_000_000,
                "queue.buffering.max.kbytes": 262_144,
            }
        )
        self.sent: dict[Lane, int] = defaultdict(int)
        self.acked: dict[Lane, int] = defaultdict(int)
        self.ends: dict[Lane, int] = {}
        self.error: str | None = None
        self._draining = False
        self._confirming = asyncio.Lock()
        self._base: dict[Lane, int] = {}
        self._foreign: dict[Lane, int] = {}

    def begin(self, lane: Lane, end: int) -> None:
        """Count anew for a partition whose topic ends at `end`."""
        self.sent[lane] = self.acked[lane] = 0
        self.ends[lane] = self._base[lane] = end
        self._foreign.pop(lane, None)

    def send(self, lane: Lane, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Queue a message; waits for room when the queue is full. Raises DeliveryError after a failed delivery."""
        self.check()
        while not self._produce(lane, key, value, headers):
            self._make_room()
        self.sent[lane] += 1

    def _produce(self, lane: Lane, key: bytes | None, value: bytes | None, headers: Headers) -> bool:
        try:
            self.producer.produce(
                lane[0], key=key, value=value, headers=list(headers), partition=lane[1], on_delivery=self._report
            )
        except BufferError:  # the queue is full
            return False
        return True

    def _make_room(self) -> None:
        if self._draining:
            time.sleep(0.01)  # the draining thread takes the reports that make room
        else:
            self.producer.poll(1)
        self.check()

    def poll(self) -> None:
        """Take delivery reports; they come from one thread at a time, so not while `confirm` waits in another."""
        if not self._draining:
            self.producer.poll(0)
        self.check()

    def check(self) -> None:
        """Raise DeliveryError if any delivery has failed."""
        if self.error:
            raise DeliveryError(self.error)

    def is_acked(self, mark: dict[Lane, int]) -> bool:
        """Say whether everything sent when `mark` was taken is acknowledged."""
        return all(self.acked[lane] >= count for lane, count in mark.items())

    def end_at(self, lane: Lane, sent: int) -> int:
        """Return the offset after the `sent`th message, or the first that is not ours: below it, all is known."""
        end = self._base[lane] + sent
        return min(end, self._foreign.get(lane, end))

    async def confirm(self, mark: dict[Lane, int]) -> None:
        """Wait until all of `mark` is acknowledged; raises DeliveryError when a delivery failed."""
        async with self._confirming:
            if not self.is_acked(mark):
                self._draining = True
                try:
                    await asyncio.get_running_loop().run_in_executor(None, self._drain, mark)
                finally:
                    self._draining = False
        self.check()

    def _drain(self, mark: dict[Lane, int]) -> None:
        # Ends: librdkafka reports every message as delivered or failed within its delivery timeout.
        while not self.error and not self.is_acked(mark):
            self.producer.poll(0.02)

    def _report(self, error: KafkaError | None, message: Message) -> None:
        lane = (str(message.topic()), int(message.partition() or 0))
        if error is not None:
            self.error = self.error or f"{lane[0]}[{lane[1]}]: {KafkaException(error)}"
            return
        offset = int(message.offset() or 0)
        if lane in self._base and offset != self._base[lane] + self.acked[lane]:
            self._foreign.setdefault(lane, self._base[lane] + self.acked[lane])
        self.acked[lane] += 1
        self.ends[lane] = offset + 1
