"""Random histories of order documents, as the worker would publish them."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from orderflow.core.messages import Customer, Line, OrderDocument, Product, Source

STATUSES = ("created", "paid", "preparing", "shipped", "delivered", "cancelled", "refunded")
CURRENCIES = ("KRW", "USD", "EUR")
CATEGORIES = ("책", "garden", "toys", "quo\"ted, \\ and 'single'")
CITIES = ("서울", "부산", "Zürich", "New York", "", "O'Fallon")
DAY_CHANGES = [datetime(2026, 3, 8, hour, 50, tzinfo=UTC) for hour in (4, 6, 14, 23)]
"""Ten minutes before midnight in New York, its clock change that night, midnight in Seoul, and in UTC."""


def history(seed: int, length: int, orders: int) -> Iterator[tuple[int, OrderDocument | None]]:
    """Yield (order id, document or None for a deletion): updates change any field, the flag and the lines."""
    chance = random.Random(seed)
    for version in range(1, length + 1):
        order_id = chance.randrange(1, orders + 1)
        yield order_id, None if chance.random() < 0.1 else document(chance, order_id, version)


def document(chance: random.Random, order_id: int, version: int) -> OrderDocument:
    """Return a whole order, or one in ten times an incomplete one, whose fields may all be null."""
    lines = [_line(chance, number) for number in chance.sample(range(1, 9), chance.randrange(1, 6))]
    whole = OrderDocument(
        order_id=order_id,
        complete=True,
        version=version,
        status=chance.choice(STATUSES),
        currency=chance.choice(CURRENCIES),
        items_total=str(sum((Decimal(line.line_total) for line in lines), Decimal("0.00"))),
        shipping_fee="0.10",
        discount="0.20",
        total_amount=str(sum((Decimal(line.line_total) for line in lines), Decimal("-0.10"))),
        customer=Customer(id=chance.randrange(1, 9), name="김철수", city="서울", country="KR", tier="gold"),
        delivery_address="세종대로 1, \"A\" 'B' \\ C",
        delivery_city=chance.choice(CITIES),
        ordered_at=_time(chance.choice(DAY_CHANGES) + timedelta(microseconds=chance.randrange(2400 * 10**6))),
        updated_at=_time(DAY_CHANGES[0] + timedelta(microseconds=version)),
        lines=lines,
        source=Source(gtid=None, file="binlog.000001", pos=version, row=0, topic_id="id", offset=version),
    )
    return whole if chance.random() < 0.9 else _incomplete(chance, whole)


def _line(chance: random.Random, number: int) -> Line:
    product = chance.randrange(1, 13)
    unit_price = Decimal(chance.choice((10, 1999, 99_999_999_999_999))) / 100
    quantity = chance.choice((1, 2, 1000))
    known = Product(id=product, sku=f"SKU-{product}", name="이름", category=CATEGORIES[product % len(CATEGORIES)])
    return Line(number, known, quantity, f"{unit_price:.2f}", f"{unit_price * quantity:.2f}")


def _incomplete(chance: random.Random, whole: OrderDocument) -> OrderDocument:
    if chance.random() < 0.5:
        return msgspec.structs.replace(whole, complete=False, incomplete_reason="lines do not add up")
    return OrderDocument(
        order_id=whole.order_id,
        version=whole.version,
        incomplete_reason="no order row",
        lines=whole.lines,
        source=whole.source,
    )


def _time(moment: datetime) -> str:
    """Return the text that Debezium's `isostring` gives: as many decimals as there are, and a Z."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return text + "Z"


def encoded(document: OrderDocument) -> Any:
    """Return `document` as plain JSON values."""
    return msgspec.to_builtins(document)
