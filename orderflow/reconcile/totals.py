"""The totals and windows, recounted in PostgreSQL from the rows that the same comparison proves against MySQL.

So a line counts in the category of its time, as the line itself has it, an order that is refused counts nowhere, and
texts group byte by byte. The business day is worked out here, from five-minute groups: it needs nobody's time zones.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from orderflow.reconcile.canonical import Kind, postgres_text
from orderflow.reconcile.differences import Row

MINUTES = "%Y-%m-%d %H:%M:%S.%f"

_CONDITIONS = ("o.status NOT IN ('cancelled', 'refunded')", "o.status = 'cancelled'", "o.status = 'refunded'")


@dataclass(frozen=True)
class Totals:
    """One table of totals: `columns` (name, kind) with its `key` columns first."""

    name: str
    key: int
    columns: tuple[tuple[str, Kind], ...]

    @property
    def names(self) -> list[str]:
        """Column names."""
        return [name for name, _ in self.columns]

    @property
    def stored(self) -> str:
        """The query of the table's rows, as canonical texts."""
        return f"SELECT {', '.join(postgres_text(kind, name) for name, kind in self.columns)} FROM {self.name}"


def _money_totals(name: str, first: str) -> Totals:
    kinds = (Kind.NUMBER, Kind.MONEY)
    names = ("orders", "revenue", "cancelled_orders", "cancelled_amount", "refunded_orders", "refunded_amount")
    cells = tuple((column, kinds[nth % 2]) for nth, column in enumerate(names))
    return Totals(name, 2, ((first, Kind.TEXT), ("currency", Kind.TEXT), *cells))


_CATEGORY_CELLS = tuple(
    cell
    for prefix, amount in (("", "revenue"), ("cancelled_", "cancelled_amount"), ("refunded_", "refunded_amount"))
    for cell in ((f"{prefix}orders", Kind.NUMBER), (f"{prefix}units", Kind.NUMBER), (amount, Kind.MONEY))
)

BY_CITY = _money_totals("order_totals_by_city", "delivery_city")
BY_CATEGORY = Totals(
    "order_totals_by_category", 2, (("category", Kind.TEXT), ("currency", Kind.TEXT), *_CATEGORY_CELLS)
)
BY_DAY = _money_totals("order_totals_by_day", "business_day")
WINDOWS = Totals(
    "order_windows",
    2,
    (
        ("window_start", Kind.TIME), ("currency", Kind.TEXT),
        ("orders", Kind.NUMBER), ("revenue", Kind.MONEY), ("customers", Kind.NUMBER),
    ),
)  # fmt: skip


def _cells(*values: str) -> str:
    return ", ".join(value.format(condition) for condition in _CONDITIONS for value in values)


_ORDER_CELLS = _cells(
    "count(*) FILTER (WHERE {})", "coalesce(sum(o.total_amount) FILTER (WHERE {}), 0)"
)  # fmt: skip
_LINE_CELLS = _cells(
    "count(DISTINCT o.order_id) FILTER (WHERE {})",
    "coalesce(sum(i.quantity::bigint) FILTER (WHERE {}), 0)",
    "coalesce(sum(i.line_total) FILTER (WHERE {}), 0)",
)
_WINDOW = (
    "to_char(date_trunc('hour', o.ordered_at, 'UTC') AT TIME ZONE 'UTC'"
    " + (extract(minute FROM o.ordered_at)::int / 5) * interval '5 minutes', 'YYYY-MM-DD HH24:MI:SS.US')"
)
COUNTED_BY_CITY = (
    f"SELECT o.delivery_city, o.currency, {_ORDER_CELLS} FROM orders o WHERE o.complete"
    " GROUP BY o.delivery_city, o.currency"
)
COUNTED_BY_CATEGORY = (
    f"SELECT i.category, o.currency, {_LINE_CELLS} FROM orders o JOIN order_items i USING (order_id)"
    " WHERE o.complete GROUP BY i.category, o.currency"
)
COUNTED_BY_WINDOW = (
    f"SELECT {_WINDOW} AS start, o.currency, count(DISTINCT o.customer_id) FILTER (WHERE {_CONDITIONS[0]}),"
    f" {_ORDER_CELLS} FROM orders o WHERE o.complete GROUP BY start, o.currency"
)

MoneyCell = Decimal | int
WindowRow = tuple[str, str, int, MoneyCell, MoneyCell, MoneyCell, MoneyCell, MoneyCell, MoneyCell]
"""Window start (UTC text), currency, customers, then (orders, amount) counted, cancelled, refunded."""


def texts(totals: Totals, rows: Iterable[Sequence[object]]) -> list[Row]:
    """Return counted rows as canonical texts."""
    return [[_text(kind, value) for (_, kind), value in zip(totals.columns, row, strict=True)] for row in rows]


def windows(rows: Iterable[WindowRow]) -> list[Row]:
    """Return the windows: only orders that count, and none that is empty."""
    return texts(
        WINDOWS,
        ((start, currency, cells[0], cells[1], customers) for start, currency, customers, *cells in rows if cells[0]),
    )


def days(rows: Iterable[WindowRow], zone: str) -> list[Row]:
    """Return the business days, folded from the windows: no zone's offset changes within five minutes."""
    sums: dict[tuple[str | None, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 6)
    for start, currency, _, *cells in rows:
        key = business_day(start, zone), currency
        sums[key] = [total + cell for total, cell in zip(sums[key], cells, strict=True)]
    return texts(BY_DAY, ((*key, *cells) for key, cells in sums.items()))


def business_day(start: str, zone: str) -> str | None:
    """Return the ISO date of a UTC time in a time zone; None where there is none (the year 10000, no time at all)."""
    try:
        return datetime.strptime(start, MINUTES).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date().isoformat()
    except (TypeError, ValueError, OverflowError):  # a row that somebody damaged: its day then differs
        return None


def _text(kind: Kind, value: object) -> str | None:
    if value is None:
        return None
    if kind is Kind.MONEY:
        return f"{Decimal(str(value)):.2f}"
    if kind is Kind.NUMBER:
        return str(int(str(value)))
    return str(value)


ALL = (BY_CITY, BY_CATEGORY, BY_DAY, WINDOWS)


def recount(query: Callable[[str], list[Any]], zone: str) -> dict[str, list[Row]]:
    """Return the rows of every totals table by its name; `query` asks PostgreSQL."""
    by_window = query(COUNTED_BY_WINDOW)
    return {
        BY_CITY.name: texts(BY_CITY, query(COUNTED_BY_CITY)),
        BY_CATEGORY.name: texts(BY_CATEGORY, query(COUNTED_BY_CATEGORY)),
        BY_DAY.name: days(by_window, zone),
        WINDOWS.name: windows(by_window),
    }
