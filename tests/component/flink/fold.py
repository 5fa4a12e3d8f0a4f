"""The plain model: every table recounted in Python from the newest documents."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from orderflow.core.messages import OrderDocument

Row = tuple[Any, ...]
Rows = dict[str, set[Row]]
"""Table -> its rows, columns in the table's order (`orders` without `lines` and `stored_at`)."""


def tables(documents: Iterable[OrderDocument], zone: str) -> Rows:
    """Return what PostgreSQL has to hold."""
    newest = list(documents)
    complete = [document for document in newest if document.complete]
    return {
        "orders": {_order(document) for document in newest},
        "order_items": {row for document in newest for row in _items(document)},
        "order_totals_by_city": _totals(complete, lambda document: document.delivery_city),
        "order_totals_by_day": _totals(complete, lambda document: _time(document).astimezone(ZoneInfo(zone)).date()),
        "order_totals_by_category": _by_category(complete),
        "order_windows": _windows(complete),
    }


def _order(d: OrderDocument) -> Row:
    customer = (
        (d.customer.id, d.customer.name, d.customer.city, d.customer.country, d.customer.tier)
        if d.customer
        else 5 * (None,)
    )
    money = [amount and Decimal(amount) for amount in (d.items_total, d.shipping_fee, d.discount, d.total_amount)]
    times = [text and datetime.fromisoformat(text) for text in (d.ordered_at, d.updated_at)]
    return (
        *(d.order_id, *customer, d.status, d.currency, *money),
        *(d.delivery_address, d.delivery_city, *times, d.complete, d.incomplete_reason, d.version),
    )


def _items(d: OrderDocument) -> Iterable[Row]:
    for line in d.lines:
        product = (line.product.id, line.product.sku, line.product.name, line.product.category)
        yield d.order_id, line.line_no, *product, line.quantity, Decimal(line.unit_price), Decimal(line.line_total)


def _kind(document: OrderDocument) -> int:
    return {"cancelled": 1, "refunded": 2}.get(document.status or "", 0)


def _totals(documents: list[OrderDocument], group: Callable[[OrderDocument], Any]) -> set[Row]:
    sums: dict[Row, list[Any]] = defaultdict(lambda: [*[0, Decimal(0)] * 3, 0])
    for document in documents:
        cells, kind = sums[group(document), document.currency], _kind(document)
        cells[2 * kind] += 1
        cells[2 * kind + 1] += Decimal(document.total_amount or "0")
        cells[-1] += document.version
    return {(*key, *cells) for key, cells in sums.items()}


def _by_category(documents: list[OrderDocument]) -> set[Row]:
    sums: dict[Row, list[Any]] = defaultdict(lambda: [*[0, 0, Decimal(0)] * 3, 0])
    for document in documents:
        kind = 3 * _kind(document)
        for category in {line.product.category for line in document.lines}:
            lines = [line for line in document.lines if line.product.category == category]
            cells = sums[category, document.currency]
            cells[kind] += 1
            cells[kind + 1] += sum(line.quantity for line in lines)
            cells[kind + 2] += sum(Decimal(line.line_total) for line in lines)
            cells[-1] += document.version * len(lines)
    return {(*key, *cells) for key, cells in sums.items()}


def _windows(documents: list[OrderDocument]) -> set[Row]:
    groups: dict[Row, list[OrderDocument]] = defaultdict(list)
    for document in documents:
        if _kind(document) == 0:
            groups[_window(_time(document)), document.currency].append(document)
    return {
        (
            *key,
            len(group),
            sum(Decimal(d.total_amount or "0") for d in group),
            len({d.customer and d.customer.id for d in group}),
            sum(d.version for d in group),
        )
        for key, group in groups.items()
    }


def _window(moment: datetime) -> datetime:
    return moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)


def _time(document: OrderDocument) -> datetime:
    return datetime.fromisoformat(document.ordered_at or "")
