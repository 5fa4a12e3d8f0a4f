"""A broker in memory: topics are lists, and the test says how much of what was sent has got there."""

from collections import defaultdict
from typing import cast

from confluent_kafka import Message

from orderflow.core.codec import Headers
from orderflow.core.outcome import DeadLetter, Record
from orderflow.core.topics import ORDERS_DLQ, PROCESSED_ORDERS
from streams.account import Account, Output
from streams.delivery import Delivery

ORDERS: Output = (PROCESSED_ORDERS.name, 0)
LETTERS: Output = (ORDERS_DLQ.name, 0)
Sent = tuple[Output, bytes | None, bytes | None, Headers, Account]


class Report:
    """What librdkafka tells of a delivered message."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def offset(self) -> int:
        return self._offset


class Broker:
    """Topics by output; `late` are messages that a former owner still has under way."""

    def __init__(self) -> None:
        self.topics: dict[Output, list[Record]] = defaultdict(list)
        self.late: list[Sent] = []

    def write(self, output: Output, key: bytes | None, value: bytes | None, headers: Headers) -> int:
        """Append a message and return its offset."""
        topic = self.topics[output]
        topic.append(Record(len(topic), key, value, headers))
        return len(topic) - 1

    def land(self) -> None:
        """Let what a former owner had under way arrive."""
        for output, key, value, headers, _ in self.late:
            self.write(output, key, value, headers)
        self.late = []

    def dead(self) -> list[DeadLetter]:
        """Return the dead letters, each with the record as it was."""
        found = []
        for record in self.topics[LETTERS]:
            about = dict(record.headers)
            original = Record(int(about["orderflow.offset"]), record.key, record.value, [])
            found.append(DeadLetter(original, about["orderflow.code"].decode(), about["orderflow.error"].decode()))
        return found


class Wire(Delivery):
    """A delivery whose messages wait in `queue` until `deliver`; with `at_once` they do not wait."""

    def __init__(self, broker: Broker, at_once: bool = False) -> None:
        self.broker, self.at_once = broker, at_once
        self.accounts = {}
        self.queue: list[Sent] = []

    def send(self, output: Output, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        account = self.account(output)
        account.sent += 1
        self.queue.append((output, key, value, headers, account))
        if self.at_once:
            self.deliver()

    def poll(self) -> None:
        self.check()

    async def confirm(self, mark: dict[Output, int]) -> None:
        self.deliver()
        assert self.is_acked(mark)

    async def calm(self) -> None:
        self.deliver()

    @staticmethod
    def record(offset: int) -> Record:
        """Return a record that somebody wrote before."""
        return Record(offset, b"7", None, [("version", b"1")])

    def deliver(self, count: int | None = None) -> None:
        """Let the first `count` messages arrive, or all."""
        now = self.queue if count is None else self.queue[:count]
        self.queue = [] if count is None else self.queue[count:]
        for output, key, value, headers, account in now:
            account.report(None, cast(Message, Report(self.broker.write(output, key, value, headers))))
