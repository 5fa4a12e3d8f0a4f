"""The tables that are compared row by row, and how each side spells them."""

from dataclasses import dataclass

from orderflow.core.money import LARGEST
from orderflow.core.statuses import TRANSITIONS
from orderflow.reconcile.canonical import Kind


@dataclass(frozen=True)
class Column:
    """One value of a row and the SQL that gives it on each side."""

    name: str
    kind: Kind
    mysql: str
    postgres: str


@dataclass(frozen=True)
class Table:
    """`key` columns come first in `columns`; `mysql_id` and `postgres_id` are the order id that chunks are cut by."""

    name: str
    key: int
    columns: tuple[Column, ...]
    mysql_from: str
    postgres_from: str
    mysql_id: str
    postgres_id: str


_STATUSES = ", ".join(f"'{status}'" for status in TRANSITIONS)
_LARGEST = f"{LARGEST // 100}.{LARGEST % 100:02d}"

LINES = (
    "JOIN LATERAL (SELECT SUM(i.quantity * i.unit_price) AS items, MIN(i.quantity) AS least,"
    " MAX(ABS(i.quantity * i.unit_price)) AS largest FROM order_items i WHERE i.order_id = o.id) l ON TRUE"
)
"""What an order's lines come to, joined to `orders o`; NULLs when it has none."""

WHOLE = (
    "(l.items IS NOT NULL AND l.items = o.items_total AND o.total_amount = o.items_total + o.shipping_fee - o.discount"
    f" AND l.least >= 0 AND l.largest <= {_LARGEST} AND CAST(o.status AS BINARY) IN ({_STATUSES})"
    " AND INSTR(CAST(CONCAT(o.delivery_address, o.delivery_city, o.currency) AS BINARY), CHAR(0)) = 0)"
)
"""True for an order that the pipeline must hold as complete: it has lines, balances, and no row of it is refused.

Statuses and NULs are compared as bytes: MySQL's collation ignores case, and finds a NUL in every text.
"""


def _same(name: str, kind: Kind, prefix: str) -> Column:
    return Column(name, kind, f"{prefix}.{name}", name)


ORDERS = Table(
    name="orders",
    key=1,
    columns=(
        Column("order_id", Kind.NUMBER, "o.id", "order_id"),
        _same("customer_id", Kind.NUMBER, "o"),
        _same("status", Kind.TEXT, "o"),
        _same("currency", Kind.TEXT, "o"),
        *(_same(name, Kind.MONEY, "o") for name in ("items_total", "shipping_fee", "discount", "total_amount")),
        _same("delivery_address", Kind.TEXT, "o"),
        _same("delivery_city", Kind.TEXT, "o"),
        _same("ordered_at", Kind.TIME, "o"),
        _same("updated_at", Kind.TIME, "o"),
        Column("complete", Kind.FLAG, WHOLE, "complete"),
    ),
    mysql_from=f"orders o {LINES}",
    postgres_from="orders",
    mysql_id="o.id",
    postgres_id="order_id",
)

ORDER_ITEMS = Table(
    name="order_items",
    key=2,
    columns=(
        *(_same(name, Kind.NUMBER, "i") for name in ("order_id", "line_no", "product_id", "quantity")),
        _same("unit_price", Kind.MONEY, "i"),
        Column("line_total", Kind.MONEY, "i.quantity * i.unit_price", "line_total"),
    ),
    mysql_from="order_items i",
    postgres_from="order_items",
    mysql_id="i.order_id",
    postgres_id="order_id",
)

ROW_TABLES = (ORDERS, ORDER_ITEMS)
