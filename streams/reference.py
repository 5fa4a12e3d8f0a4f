"""Customers and products as the worker knows them: a thread follows their topics from the beginning."""

import asyncio
import logging
import threading
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from orderflow.core.messages import Customer, Product
from orderflow.core.orders import Reference
from orderflow.core.reference import Refused as RefusedReference
from orderflow.core.reference import decode_customer, decode_product
from orderflow.core.topics import MYSQL_CUSTOMERS, MYSQL_PRODUCTS, PARTITIONS
from streams.account import Output

TIMEOUT_SECONDS = 30.0
log = logging.getLogger(__name__)


class Refused(NamedTuple):
    """A record that could not be taken: its offset, a code for machines, a text for people."""

    offset: int
    code: str
    text: str


class EndedError(Exception):
    """Customers and products are not followed any more."""


class ReferenceReader:
    """The `References` of orderflow.core.document, always a little behind MySQL; `catch_up` closes the gap."""

    def __init__(self, bootstrap_servers: str) -> None:
        """Know nothing yet: see `start`."""
        self.customers: dict[int, Customer] = {}
        self.products: dict[int, Product] = {}
        self.refused: dict[Output, list[Refused]] = {output: [] for output in _outputs()}
        self._arrived: list[Reference] = []
        self._positions = dict.fromkeys(_outputs(), 0)
        self._moved = threading.Condition()
        self._stopped = False
        self._error: str | None = None
        self._settings = {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "orderflow-reference",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
        self._watcher: Consumer | None = None
        self._thread = threading.Thread(target=self._run, name="references", daemon=True)

    def customer(self, id: int) -> Customer | None:
        """Return the customer, or None while it is unknown."""
        return self.customers.get(id)

    def product(self, id: int) -> Product | None:
        """Return the product, or None while it is unknown."""
        return self.products.get(id)

    def start(self) -> None:
        """Begin to follow the topics."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the thread."""
        self._stopped = True
        if self._thread.is_alive():
            self._thread.join(TIMEOUT_SECONDS)

    def take_arrived(self) -> list[Reference]:
        """Return the rows that came or changed since the last time."""
        arrived, self._arrived = self._arrived, []
        return arrived

    def check(self) -> None:
        """Raise EndedError if the thread has ended: what it knew would grow old unnoticed."""
        if self._error:
            raise EndedError(self._error)

    async def catch_up(self) -> None:
        """Return when everything that the topics hold now is known; raises EndedError or KafkaException."""
        await asyncio.get_running_loop().run_in_executor(None, self._catch_up)

    def _catch_up(self) -> None:
        ends = self._ends()
        with self._moved:
            while behind := [output for output, end in ends.items() if self._positions[output] < end]:
                if self._error or not self._moved.wait(TIMEOUT_SECONDS):
                    raise EndedError(f"not read up to the end of {behind}: {self._error or 'no progress'}")

    def _ends(self) -> dict[Output, int]:
        # One consumer for all questions: an overdue order asks once a second.
        watcher = self._watcher = self._watcher or Consumer(self._settings)
        return {o: watcher.get_watermark_offsets(TopicPartition(*o), timeout=10)[1] for o in _outputs()}

    def _run(self) -> None:
        reader = Consumer(self._settings)
        try:
            reader.assign([TopicPartition(*output, 0) for output in _outputs()])
            while not self._stopped:
                self._take(reader.consume(500, timeout=0.1))
        except Exception as error:  # handed to the worker by check and catch_up, which fail it
            log.exception("the reference reader ended")
            with self._moved:
                self._error = f"{type(error).__name__}: {error}"
                self._moved.notify_all()
        finally:
            reader.close()

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            error = message.error()
            if error is None:
                self._apply(message)
            elif error.fatal():
                raise KafkaException(error)
        if messages:
            with self._moved:
                for message in messages:
                    self._move(message)
                self._moved.notify_all()

    def _move(self, message: Message) -> None:
        output, error = (str(message.topic()), int(message.partition() or 0)), message.error()
        offset = int(message.offset() or 0)
        if error is None:
            self._positions[output] = offset + 1
        elif error.code() == KafkaError._PARTITION_EOF:  # the last records before it may be gone
            self._positions[output] = max(self._positions[output], offset)

    def _apply(self, message: Message) -> None:
        kind, rows = (
            ("customer", self.customers) if message.topic() == MYSQL_CUSTOMERS.name else ("product", self.products)
        )
        decode = decode_customer if kind == "customer" else decode_product
        found = decode(message.key(), message.value())
        if isinstance(found, RefusedReference):
            self._refuse(message, found, rows)
        elif found.row is None:
            rows.pop(found.id, None)
        else:
            rows[found.id] = found.row  # type: ignore[assignment]  # kind, rows and row belong together
            self._arrived.append((kind, found.id))  # atomic: the event loop may take them meanwhile

    def _refuse(
        self, message: Message, found: RefusedReference, rows: dict[int, Customer] | dict[int, Product]
    ) -> None:
        # What was known is not true any more: orders that need this row wait, then go out flagged, and mend
        # when a better row comes. The owner of the partition tells it as a dead letter.
        if found.id is not None:
            rows.pop(found.id, None)
        topic, refused = str(message.topic()), Refused(int(message.offset() or 0), found.code, found.text)
        log.error("refused %s[%s]@%s: %s", topic, message.partition(), refused.offset, refused.text)
        self.refused[topic, int(message.partition() or 0)].append(refused)


def _outputs() -> list[Output]:
    return [(topic.name, number) for topic in (MYSQL_CUSTOMERS, MYSQL_PRODUCTS) for number in range(PARTITIONS)]
