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
    """`key` columns come first in `columns`; `mysql_id` and `postgres_id` are the order id that chunks are cut by.

    `refused` is SQL of MySQL for why a row, good SQL that it is, must not arrive as it is: one of REFUSALS or ''.
    `ids` names MySQL's bare table, from which order ids are read.
    """

    name: str
    key: int
    columns: tuple[Column, ...]
    ids: str
    mysql_from: str
    postgres_from: str
    mysql_id: str
    postgres_id: str
    refused: str = "''"
    reason: str = "NULL"


ROW, REFERENCE = "row", "reference"
REFUSALS = (ROW, REFERENCE)
"""The row itself is refused, or a customer or product that it needs."""

FIRST_TIME, BEYOND_TIME, ZERO_DATE = "1900-01-01", "9999-12-31", "1970-01-01"
"""The times that the core takes: see orderflow/core/times.py."""

_STATUSES = ", ".join(f"'{status}'" for status in TRANSITIONS)
_LARGEST = f"{LARGEST // 100}.{LARGEST % 100:02d}"

LINES = (
    "JOIN LATERAL (SELECT SUM(i.quantity * i.unit_price) AS items, MIN(i.quantity) AS least,"
    " MAX(ABS(i.quantity * i.unit_price)) AS largest FROM order_items i WHERE i.order_id = o.id) l ON TRUE"
)
"""What an order's lines come to, joined to `orders o`; NULLs when it has none."""


def _no_nul(*texts: str) -> str:
    # as bytes: MySQL's collation finds a NUL in every text
    return f"INSTR(CAST(CONCAT({', '.join(texts)}) AS BINARY), CHAR(0)) = 0"


def _real_time(column: str) -> str:
    """A day that exists and that everybody reads alike; a zero date arrives as 1970-01-01."""
    return (
        f"{column} >= '{FIRST_TIME}' AND {column} < '{BEYOND_TIME}' AND {column} <> '{ZERO_DATE}'"
        f" AND MONTH({column}) > 0 AND DAYOFMONTH({column}) BETWEEN 1 AND DAYOFMONTH(LAST_DAY({column}))"
    )


GOOD_ORDER = (
    f"COALESCE(CAST(o.status AS BINARY) IN ({_STATUSES})"
    f" AND {_no_nul('o.delivery_address', 'o.delivery_city', 'o.currency')}"
    f" AND {_real_time('o.ordered_at')} AND {_real_time('o.updated_at')}, FALSE)"
)
"""True for an `orders` row that the core takes (orderflow/core/checks.py); statuses as bytes, because case tells."""

GOOD_LINE = f"COALESCE(i.quantity >= 0 AND ABS(i.quantity * i.unit_price) <= {_LARGEST}, FALSE)"
"""The same for a row of `order_items`."""

WHOLE = (
    "(l.items IS NOT NULL AND l.items = o.items_total AND o.total_amount = o.items_total + o.shipping_fee - o.discount"
    f" AND l.least >= 0 AND l.largest <= {_LARGEST} AND {GOOD_ORDER})"
)
"""True for an order that the pipeline must hold as complete, if its references can: lines, balance, no refused row."""

_KNOWN = (
    "EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id"
    f" AND {_no_nul('c.name', 'c.city', 'c.country', 'c.tier')})"
    " AND NOT EXISTS (SELECT 1 FROM order_items i LEFT JOIN products p ON p.id = i.product_id"
    f" WHERE i.order_id = o.id AND COALESCE(NOT {_no_nul('p.sku', 'p.name', 'p.category')}, TRUE))"
)
"""True when the order's customer and products are there and accepted, as they are now."""


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
    ids="orders o",
    mysql_from=f"orders o {LINES}",
    postgres_from="orders",
    mysql_id="o.id",
    postgres_id="order_id",
    refused=f"CASE WHEN NOT {GOOD_ORDER} THEN '{ROW}' WHEN NOT ({_KNOWN}) THEN '{REFERENCE}' ELSE '' END",
    reason="incomplete_reason",
)

ORDER_ITEMS = Table(
    name="order_items",
    key=2,
    columns=(
        *(_same(name, Kind.NUMBER, "i") for name in ("order_id", "line_no", "product_id", "quantity")),
        _same("unit_price", Kind.MONEY, "i"),
        Column("line_total", Kind.MONEY, "i.quantity * i.unit_price", "line_total"),
    ),
    ids="order_items i",
    mysql_from="order_items i",
    postgres_from="order_items",
    mysql_id="i.order_id",
    postgres_id="order_id",
    refused=f"IF({GOOD_LINE}, '', '{ROW}')",
)

ROW_TABLES = (ORDERS, ORDER_ITEMS)

_LINE = (
    ("order_id", Kind.NUMBER, "order_id"),
    ("line_no", Kind.NUMBER, "line_no"),
    ("product_id", Kind.NUMBER, "(product ->> 'id')::bigint"),
    ("product_sku", Kind.TEXT, "product ->> 'sku'"),
    ("product_name", Kind.TEXT, "product ->> 'name'"),
    ("category", Kind.TEXT, "product ->> 'category'"),
    ("quantity", Kind.NUMBER, "quantity"),
    ("unit_price", Kind.MONEY, "unit_price"),
    ("line_total", Kind.MONEY, "line_total"),
)
_DOCUMENT_LINES = (
    "(SELECT order_id, l.* FROM orders CROSS JOIN LATERAL jsonb_to_recordset(lines)"
    " AS l(line_no bigint, product jsonb, quantity bigint, unit_price numeric, line_total numeric)) document_lines"
)


def _inside(name: str, columns: tuple[tuple[str, Kind, str], ...], source: str) -> Table:
    spelled = tuple(Column(column, kind, "", sql) for column, kind, sql in columns)
    return Table(name, 2, spelled, "", "", source, "", "order_id")


DOCUMENT_LINES = _inside("orders.lines", _LINE, _DOCUMENT_LINES)
"""The lines inside PostgreSQL's orders, as rows; they must be order_items, with the references of their time."""

STORED_LINES = _inside("orders.lines", tuple((name, kind, name) for name, kind, _ in _LINE), "order_items")

NOT_COMPARED = {
    "orders.customer_name": "of the order's time: MySQL may hold another by now",
    "orders.customer_city": "of the order's time",
    "orders.customer_country": "of the order's time",
    "orders.customer_tier": "of the order's time",
    "orders.incomplete_reason": "a text for people; `complete` is compared, and what is refused is named by it",
    "orders.version": "the commit time in the binlog, which MySQL keeps in no table",
    "orders.stored_at": "PostgreSQL's own clock",
    **dict.fromkeys(
        (f"{table}.versions" for table in ("order_totals_by_city", "order_totals_by_category", "order_totals_by_day")),
        "changes with each of the group's orders, so that touching one writes the group again; no figure for anybody",
    ),
    "order_windows.versions": "as in the totals",
    "builds": "Flink's own: which rebuild the tables come from",
    "schema_migrations": "the schema's own history",
}
"""Columns and tables of PostgreSQL that no comparison holds against anything, and why."""
