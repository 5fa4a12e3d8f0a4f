"""Customers and products as the worker knows them: a thread follows their topics from the beginning."""

import asyncio
import logging
import threading
from collections.abc import Callable

import msgspec
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from orderflow.core.messages import Customer, Product
from orderflow.core.topics import MYSQL_CUSTOMERS, MYSQL_PRODUCTS, PARTITIONS

TIMEOUT_SECONDS = 30.0
log = logging.getLogger(__name__)


class _Key(msgspec.Struct):
    id: int


class _CustomerEvent(msgspec.Struct):
    after: Customer | None


class _ProductEvent(msgspec.Struct):
    after: Product | None


_key = msgspec.json.Decoder(_Key)
_customer = msgspec.json.Decoder(_CustomerEvent)
_product = msgspec.json.Decoder(_ProductEvent)


class ReferenceReader:
    """The `References` of orderflow.core.document, always a little behind MySQL; `catch_up` closes the gap."""

    def __init__(self, bootstrap_servers: str, arrived: Callable[[str, int], None]) -> None:
        """`arrived("customer" | "product", id)` is called in the reader's thread for each new or changed row."""
        self.customers: dict[int, Customer] = {}
        self.products: dict[int, Product] = {}
        self.refused = 0
        self._arrived = arrived
        self._positions: dict[tuple[str, int], int] = {}
        self._moved = threading.Condition()
        self._stopped = False
        self._error: str | None = None
        self._settings = {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "orderflow-reference",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
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

    async def catch_up(self) -> None:
        """Return when everything that the topics hold now is known; raises TimeoutError or KafkaException."""
        await asyncio.get_running_loop().run_in_executor(None, self._catch_up)

    def _catch_up(self) -> None:
        ends = self._ends()
        with self._moved:
            while behind := [tp for tp, end in ends.items() if self._positions.get(tp, 0) < end]:
                if self._error or not self._moved.wait(TIMEOUT_SECONDS):
                    raise TimeoutError(f"references not read up to the end of {behind}: {self._error or 'no progress'}")

    def _ends(self) -> dict[tuple[str, int], int]:
        reader = Consumer(self._settings)
        try:
            return {(tp.topic, tp.partition): reader.get_watermark_offsets(tp, timeout=10)[1] for tp in _partitions()}
        finally:
            reader.close()

    def _run(self) -> None:
        reader = Consumer(self._settings | {"enable.partition.eof": False})
        try:
            reader.assign(_partitions())
            while not self._stopped:
                self._take(reader.consume(500, timeout=0.1))
        except Exception as error:  # handed to the worker by catch_up, which fails it
            log.exception("the reference reader ended")
            with self._moved:
                self._error = str(error)
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
                    if message.error() is None:
                        lane = (str(message.topic()), int(message.partition() or 0))
                        self._positions[lane] = int(message.offset() or 0) + 1
                self._moved.notify_all()

    def _apply(self, message: Message) -> None:
        try:
            id, value = _key.decode(message.key() or b"").id, message.value()
            if message.topic() == MYSQL_CUSTOMERS.name:
                customer = _customer.decode(value).after if value else None
                self._know("customer", id, self.customers, customer)
            else:
                product = _product.decode(value).after if value else None
                self._know("product", id, self.products, product)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            # Orders that need this row wait, then go out flagged as lacking it: the record is not lost silently.
            self.refused += 1
            log.error("refused %s[%s]@%s: %s", message.topic(), message.partition(), message.offset(), error)

    def _know(
        self, kind: str, id: int, rows: dict[int, Customer] | dict[int, Product], row: Customer | Product | None
    ) -> None:
        if row is None:
            rows.pop(id, None)
            return
        if any("\0" in text for text in msgspec.structs.astuple(row) if isinstance(text, str)):
            raise ValueError(f"{kind} {id} holds U+0000, which PostgreSQL cannot store")
        rows[id] = row  # type: ignore[assignment]  # kind, rows and row belong together
        self._arrived(kind, id)


def _partitions() -> list[TopicPartition]:
    return [
        TopicPartition(topic.name, number, 0)
        for topic in (MYSQL_CUSTOMERS, MYSQL_PRODUCTS)
        for number in range(PARTITIONS)
    ]
