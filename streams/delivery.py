"""The worker's producer: sends, and knows what the broker has acknowledged."""

import asyncio
import time
from collections.abc import Callable, Iterable

from confluent_kafka import KafkaException, Producer

from orderflow.core.codec import Headers
from streams.account import Account, Output, Strange
from streams.lease import Lease

TIMEOUT_MS = 5_000
"""A message not acknowledged by then fails the worker: below the session timeout, so a worker that was frozen cannot
deliver what it had queued after another took its partitions."""


class DeliveryError(Exception):
    """The broker did not take a message in time, or refused it."""


class Delivery:
    """Sends in order per partition; counts what was sent and acknowledged in each."""

    def __init__(self, bootstrap_servers: str, max_bytes: int, lease: Lease) -> None:
        """Connect lazily; `max_bytes` bounds one message; nothing is sent once the lease is lost."""
        self.lease = lease
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
        self.accounts: dict[Output, Account] = {}
        self._draining = False
        self._confirming = asyncio.Lock()

    def begin(self, output: Output, end: int, strange: Iterable[Strange] = ()) -> None:
        """Count anew for a partition whose topic ends at `end`, and holds `strange` records that are not ours."""
        self.accounts[output] = Account(f"{output[0]}[{output[1]}]", end, strange)

    def account(self, output: Output) -> Account:
        """Return the account of an output."""
        if output not in self.accounts:
            self.accounts[output] = Account(f"{output[0]}[{output[1]}]")
        return self.accounts[output]

    def send(self, output: Output, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Queue a message; waits for room when the queue is full. Raises DeliveryError after a failed delivery."""
        self.lease.check()  # before every message: the pause may have come after the one before
        account = self.accounts.get(output) or self.account(output)
        if account.error:
            raise DeliveryError(account.error)
        while not self._produce(output, key, value, headers, account):
            self._make_room()
        account.sent += 1

    def _produce(
        self, output: Output, key: bytes | None, value: bytes | None, headers: Headers, account: Account
    ) -> bool:
        try:
            self.producer.produce(output[0], value, key, output[1], account.report, headers=headers)  # type: ignore[arg-type]  # a list of pairs
        except BufferError:  # the queue is full
            return False
        except KafkaException as error:
            raise DeliveryError(f"{account.name}: {error}") from error
        return True

    def _make_room(self) -> None:
        # Both stop the event loop, for at most the delivery timeout: then what fills the queue has failed.
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
        for account in list(self.accounts.values()):  # a partition may be opened meanwhile, in another thread
            if account.error:
                raise DeliveryError(account.error)

    def is_acked(self, mark: dict[Output, int]) -> bool:
        """Say whether everything sent when `mark` was taken is acknowledged."""
        return all(self.account(output).acked >= count for output, count in mark.items())

    def mark(self, outputs: Iterable[Output]) -> dict[Output, int]:
        """Return how much has been sent to each output."""
        return {output: self.account(output).sent for output in outputs}

    async def confirm(self, mark: dict[Output, int]) -> None:
        """Wait until all of `mark` is acknowledged; raises DeliveryError when a delivery failed."""
        await self._drain_until(lambda: self._has_failed() or self.is_acked(mark))
        self.check()

    async def calm(self) -> None:
        """Wait until nothing is on its way any more, be it acknowledged or failed."""
        await self._drain_until(lambda: all(account.is_quiet() for account in list(self.accounts.values())))

    def _has_failed(self) -> bool:
        return any(account.error for account in list(self.accounts.values()))

    async def _drain_until(self, done: Callable[[], bool]) -> None:
        async with self._confirming:
            if not done():
                self._draining = True
                try:
                    await asyncio.get_running_loop().run_in_executor(None, self._drain, done)
                finally:
                    self._draining = False

    def _drain(self, done: Callable[[], bool]) -> None:
        # Ends: librdkafka reports every message as delivered or failed within its delivery timeout.
        while not done():
            self.producer.poll(0.02)
