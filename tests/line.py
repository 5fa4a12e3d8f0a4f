"""The running line as a test sees it: plain SQL in, documents, dead letters and tables out."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from orderflow import connections
from orderflow.core import codec
from orderflow.core.messages import OrderDocument
from orderflow.core.settings import Settings
from orderflow.core.topics import ORDERS_DLQ, PARTITIONS, PROCESSED_ORDERS
from orderflow.environment import ROOT
from orderflow.reconcile import compare

T = TypeVar("T")
ORDERFLOW = Path(sys.executable).with_name("orderflow")
CATCH_UP_SECONDS = 180.0


def wait_for(what: str, probe: Callable[[], T | None], seconds: float = 60.0) -> T:
    """Return the probe's first answer that is true; fails naming what was awaited."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)  # the pause between two looks, not a wait for something to have happened
    return answer


def pass_seconds(seconds: float) -> None:
    """Let a fault last: its length is the test's subject."""
    time.sleep(seconds)


def texts(message: Message) -> dict[str, str]:
    """Return the message's headers as text."""
    pairs: list[tuple[str, bytes]] = message.headers() or []  # type: ignore[assignment]  # never a dict when consumed
    return {name: value.decode() for name, value in pairs}


class Line:
    """Clients of one running stack."""

    def __init__(self, settings: Settings) -> None:
        """Connect on demand."""
        self.settings = settings

    def sql(self, *statements: str) -> list[Any]:
        """Run statements in one transaction as the application and return the last one's rows."""
        with closing(connections.mysql(self.settings)) as db, db.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            rows = list(cursor.fetchall())
            db.commit()
            return rows

    def tables(self, query: str) -> list[Any]:
        """Return rows of PostgreSQL."""
        with closing(connections.postgres(self.settings)) as db, db.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def document(self, id: int) -> OrderDocument | None:
        """Return what a consumer of the whole topic now holds for the order."""
        newest: OrderDocument | None = None
        version = 0
        for message in self.read(PROCESSED_ORDERS.name):
            if message.key() != str(id).encode():
                continue
            found = codec.published(message.key(), message.value(), message.headers() or [])  # type: ignore[arg-type]  # pairs when consumed
            if isinstance(found, OrderDocument) and found.version >= version:
                newest, version = found if message.value() else None, found.version
        return newest

    def dead_letters(self, code: str = "") -> list[dict[str, str]]:
        """Return the headers of all dead letters, or of those with this code."""
        found = []
        for message in self.read(ORDERS_DLQ.name):
            headers = texts(message)
            if not code or headers["orderflow.code"] == code:
                found.append(headers)
        return found

    def ends(self, topic: str) -> dict[int, int]:
        """Return where each partition of the topic ends now."""
        with closing(self._reader()) as reader:
            return {n: reader.get_watermark_offsets(TopicPartition(topic, n), timeout=20)[1] for n in range(PARTITIONS)}

    def read(self, topic: str, since: Mapping[int, int] | None = None) -> Iterator[Message]:
        """Yield every message that the topic holds now, or those from the offsets `since` on, by partition."""
        with closing(self._reader()) as reader:
            for number in range(PARTITIONS):
                low, end = reader.get_watermark_offsets(TopicPartition(topic, number), timeout=20)
                start = max(low, (since or {}).get(number, low))
                reader.assign([TopicPartition(topic, number, start)])
                yield from self._read_to(reader, start, end)

    def _reader(self) -> Consumer:
        return Consumer(
            {
                "bootstrap.servers": self.settings.bootstrap_servers,
                "group.id": "test",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.message.max.bytes": PROCESSED_ORDERS.max_message_bytes,
            }
        )

    def produce(self, topic: str, partition: int, key: bytes, value: bytes) -> None:
        """Write one record as anybody could."""
        producer = Producer({"bootstrap.servers": self.settings.bootstrap_servers})
        producer.produce(topic, key=key, value=value, partition=partition)
        assert producer.flush(20) == 0

    @contextmanager
    def load(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run `orderflow load` beside the block, from its first order on, and see it end well."""
        command = [str(ORDERFLOW), "load", "--json", *arguments]
        newest = "SELECT COALESCE(MAX(id), 0) FROM orders"
        before = self.sql(newest)
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            wait_for("the load's first order", lambda: self.sql(newest) != before)
            yield running
            output, errors = running.communicate(timeout=300)
            assert running.returncode == 0, errors
            print(output.strip())
        finally:
            running.kill()

    def assert_equal(self, seconds: float = CATCH_UP_SECONDS) -> None:
        """Fail, naming what differs, unless PostgreSQL equals MySQL within the deadline."""
        report = compare(self.settings, seconds)
        assert report.equal, "\n".join(report.lines())

    @staticmethod
    def _read_to(reader: Consumer, position: int, end: int) -> Iterator[Message]:
        deadline = time.monotonic() + 60
        while position < end:
            for message in reader.consume(5000, timeout=0.05):
                error = message.error()
                if error is not None:
                    assert error.code() == KafkaError._PARTITION_EOF, error
                    return
                position = int(message.offset() or 0) + 1
                if position <= end:
                    yield message
            assert time.monotonic() < deadline, f"not read to the end: at {position} of {end}"
