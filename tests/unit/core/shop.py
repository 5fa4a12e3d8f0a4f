"""A shop in memory that writes its history as Debezium would: the plain model of what the documents must become."""

import json
from dataclasses import dataclass, field

from orderflow.core import money
from orderflow.core.messages import Customer, Product
from orderflow.core.outcome import Record

START_US = 1_800_000_000_000_000


@dataclass
class References:
    customers: dict[int, Customer] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)

    def customer(self, id: int) -> Customer | None:
        return self.customers.get(id)

    def product(self, id: int) -> Product | None:
        return self.products.get(id)


def everyone() -> References:
    return References(
        {id: Customer(id, f"customer {id}", "서울", "KR", "gold") for id in range(1, 4)},
        {id: Product(id, f"sku-{id}", f"product {id}", "books") for id in range(1, 4)},
    )


@dataclass
class Shop:
    """Tables and binlog of one source; `records` is the topic as Debezium writes it."""

    server: str = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
    orders: dict[int, dict[str, object]] = field(default_factory=dict)
    lines: dict[tuple[int, int], dict[str, object]] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    transactions: int = 0
    position: int = 4
    now_us: int = START_US
    file: int = 2
    compressed: bool = False
    row: int = 0

    def begin(self, compressed: bool = False) -> None:
        """Start a transaction: one GTID, one commit time; compressed, all its events stand at one position."""
        self.transactions += 1
        self.now_us += 1000
        self.position += 10
        self.compressed = compressed

    def create(self, id: int, prices: list[int], status: str = "created", customer: int = 1) -> None:
        self.put_order(id, sum(prices), status, customer)
        for number, price in enumerate(prices, 1):
            self.row = number - 1 if self.compressed else 0  # rows of one statement, all at one position
            self.put_line(id, number, price)
        self.row = 0

    def put_order(self, id: int, items: int, status: str = "created", customer: int = 1) -> None:
        self.orders[id] = {
            "id": id, "customer_id": customer, "status": status, "currency": "KRW",
            "items_total": money.text(items), "shipping_fee": "3.00", "discount": "1.00",
            "total_amount": money.text(items + 200), "delivery_address": None, "delivery_city": "부산",
            "ordered_at": "2026-11-24T01:02:03.5Z", "updated_at": "2026-11-24T01:02:03Z",
        }  # fmt: skip
        self._write({"id": id}, self.orders[id])

    def put_line(self, id: int, line_no: int, price: int, product: int = 1, quantity: int = 1) -> None:
        self.lines[id, line_no] = {
            "order_id": id, "line_no": line_no, "product_id": product, "quantity": quantity,
            "unit_price": money.text(price),
        }  # fmt: skip
        self._write({"order_id": id, "line_no": line_no}, self.lines[id, line_no])

    def drop_line(self, id: int, line_no: int) -> None:
        if self.lines.pop((id, line_no), None):
            self._write({"order_id": id, "line_no": line_no}, None)

    def drop(self, id: int, cascade: bool = True) -> None:
        for _, line_no in [key for key in self.lines if key[0] == id]:
            if cascade:
                self.drop_line(id, line_no)
            else:
                del self.lines[id, line_no]
        if self.orders.pop(id, None):
            self._write({"id": id}, None)

    def rebalance(self, id: int) -> None:
        """Write the order's totals anew from its lines."""
        items = sum(self.amount(line) for (order_id, _), line in self.lines.items() if order_id == id)
        self.put_order(id, items, str(self.orders[id]["status"]))

    def tick(self, snapshot: bool = False) -> None:
        self.begin()
        self._write({"slot": 1}, {"slot": 1}, "r" if snapshot else "u")

    def snapshot(self) -> None:
        """Show every row, orders first, then their lines; the tick is the end marker."""
        for id, order in self.orders.items():
            self._write({"id": id}, order, "r")
        for (order_id, line_no), line in self.lines.items():
            self._write({"order_id": order_id, "line_no": line_no}, line, "r")
        self._write({"slot": 1}, {"slot": 1}, "r")
        self.position += 10

    def move(self, server: str, file: int, position: int, seconds: int) -> None:
        """Go on as another server, or with binlogs begun anew: other places, and a clock that differs by seconds."""
        self.server, self.file, self.position = server, file, position
        self.now_us += seconds * 1_000_000

    def raw(self, key: bytes, value: bytes) -> None:
        self.records.append(Record(len(self.records), key, value, []))

    def resend(self, start: int, end: int) -> None:
        """Append stream records again at new offsets, as Connect does after a crash; a snapshot it begins anew."""
        stream = [record for record in self.records[start:end] if b'"op":"r"' not in (record.value or b"")]
        for record in stream:
            self.raw(record.key or b"", record.value or b"")

    @staticmethod
    def amount(line: dict[str, object]) -> int:
        return (money.cents(str(line["unit_price"])) or 0) * int(str(line["quantity"]))

    def whole(self) -> dict[int, tuple[object, ...]]:
        """Return every order that has lines and balances: what must be published with complete:true."""
        found: dict[int, tuple[object, ...]] = {}
        for id, order in self.orders.items():
            lines = sorted(
                (n, str(line["unit_price"]), line["quantity"], line["product_id"])
                for (order_id, n), line in self.lines.items()
                if order_id == id
            )
            total = sum(self.amount(line) for (order_id, _), line in self.lines.items() if order_id == id)
            if lines and money.text(total) == order["items_total"]:
                found[id] = (order["status"], order["total_amount"], order["customer_id"], tuple(lines))
        return found

    def _write(self, key: dict[str, object], after: dict[str, object] | None, op: str = "") -> None:
        if op != "r" and not self.compressed:
            self.position += 10
        source = {
            "file": f"binlog.{self.file:06}", "pos": self.position, "row": self.row, "ts_us": self.now_us,
            "gtid": None if op == "r" else f"{self.server}:{self.transactions}",
            "snapshot": "true" if op == "r" else "false",
        }  # fmt: skip
        event = {
            "before": None, "after": after, "source": source,
            "op": op or ("d" if after is None else "c"), "ts_us": self.now_us + 7,
        }  # fmt: skip
        self.raw(_json(key), _json(event))


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
