"""The whole job as SQL: tables, views and statements, without a word on where its data comes from or goes to."""

from collections.abc import Iterator, Mapping

from flink.columns import SINKS, SOURCES, Columns

Options = Mapping[str, str]
"""The WITH clause of a table: connector option -> value."""


def source_tables(options: Mapping[str, Options]) -> Iterator[str]:
    """Yield the DDL of both readers of the order documents, `options` by table name: an upsert connector in each."""
    for name, columns in SOURCES.items():
        yield _table(name, columns, ("order_id",), options[name])


def sink_tables(options: Mapping[str, Options]) -> Iterator[str]:
    """Yield the DDL of every sink, `options` by table name; raises KeyError when one is missing."""
    for name, (columns, key) in SINKS.items():
        yield _table(name, columns, key, options[name])


def views(zone: str) -> Iterator[str]:
    """Yield the views in the order in which they build on each other; `zone` names the business time zone."""
    yield f"CREATE TEMPORARY VIEW order_facts AS {_order_facts(zone)}"
    yield f"CREATE TEMPORARY VIEW line_facts AS {LINE_FACTS}"
    yield f"CREATE TEMPORARY VIEW window_stats AS {WINDOW_STATS}"


def statements() -> Iterator[str]:
    """Yield one INSERT a sink."""
    yield f"INSERT INTO orders {ORDER_ROWS}"
    yield f"INSERT INTO order_totals_by_city {_order_totals('delivery_city')}"
    yield f"INSERT INTO order_totals_by_category {_category_totals()}"
    yield f"INSERT INTO order_totals_by_day {_order_totals('business_day')}"
    yield "INSERT INTO order_windows SELECT * FROM window_stats"
    yield (
        "INSERT INTO order_stats"
        " SELECT window_start, currency, orders, CAST(revenue AS STRING), customers FROM window_stats"
    )


NUMBERED = "order_id = CAST(TRY_CAST(order_id AS BIGINT) AS STRING)"
"""True for a key that the worker may have written: a number as plain text."""

OURS = "version IS NOT NULL AND complete IS NOT NULL AND source.pos IS NOT NULL"
"""True for a value that the worker wrote; anybody may write into a topic."""

COUNTABLE = (
    f"complete AND {OURS} AND status IS NOT NULL AND currency IS NOT NULL AND total_amount IS NOT NULL"
    " AND delivery_city IS NOT NULL AND ordered_at IS NOT NULL"
)
"""True for a row that totals can count: a key or sum of null would end the job."""


def _order_rows() -> str:
    # A WHERE on values would need a memory of each order. Rows of nulls do not: PostgreSQL refuses them (004-*.sql).
    values = (
        *("customer.id", "customer.name", "customer.city", "customer.country", "customer.tier", "status", "currency"),
        *("items_total", "shipping_fee", "discount", "total_amount", "delivery_address", "delivery_city"),
        *("CAST(ordered_at AS TIMESTAMP(6))", "CAST(updated_at AS TIMESTAMP(6))"),
        "CASE WHEN lines IS NULL THEN '[]' WHEN lines IS JSON ARRAY THEN lines END",
        *("complete", "incomplete_reason", "version"),
    )
    cells = ", ".join(f"CASE WHEN {OURS} THEN {value} END" for value in values)
    return f"SELECT order_id, {cells} FROM processed_orders WHERE {NUMBERED}"


ORDER_ROWS = _order_rows()


def _order_facts(zone: str) -> str:
    # Flink's DATE_FORMAT and FLOOR work on the session's zone, which is UTC (see job settings).
    return f"""
SELECT order_id, version, status, currency, total_amount, delivery_city, customer.id AS customer_id, lines,
  TO_DATE(CONVERT_TZ(DATE_FORMAT(utc_at, 'yyyy-MM-dd HH:mm:ss'), 'UTC', '{zone}')) AS business_day,
  DATE_FORMAT(TIMESTAMPADD(MINUTE, -CAST(MOD(EXTRACT(MINUTE FROM utc_at), 5) AS INT), utc_at), 'yyyy-MM-dd')
    || 'T' ||
    DATE_FORMAT(TIMESTAMPADD(MINUTE, -CAST(MOD(EXTRACT(MINUTE FROM utc_at), 5) AS INT), utc_at), 'HH:mm')
    || ':00Z' AS window_start
FROM (
  SELECT *, CAST(ordered_at AS TIMESTAMP(3)) AS utc_at FROM processed_facts WHERE {NUMBERED} AND {COUNTABLE})"""


LINE_FACTS = """
SELECT o.order_id, o.version, o.status, o.currency, l.product.category AS category, l.quantity AS units,
  CAST(l.line_total AS DECIMAL(28, 2)) AS amount
FROM order_facts o CROSS JOIN UNNEST(o.lines) AS l(product, quantity, line_total)"""

COUNTED = "status NOT IN ('cancelled', 'refunded')"

VERSION_SUM = "CAST(SUM(CAST(version AS DECIMAL(19, 0))) AS DECIMAL(38, 0))"

WINDOW_STATS = f"""
SELECT window_start, currency, COUNT(*) AS orders, CAST(SUM(total_amount) AS DECIMAL(38, 2)) AS revenue,
  COUNT(DISTINCT customer_id) AS customers, {VERSION_SUM} AS versions
FROM order_facts WHERE {COUNTED} AND window_start IS NOT NULL GROUP BY window_start, currency"""


def _count(condition: str) -> str:
    return f"COUNT(*) FILTER (WHERE {condition})"


def _orders_among_lines(condition: str) -> str:
    return f"COUNT(DISTINCT order_id) FILTER (WHERE {condition})"


def _sum(column: str, condition: str) -> str:
    return f"COALESCE(SUM({column}) FILTER (WHERE {condition}), 0)"


def _money(column: str, condition: str) -> str:
    return f"CAST({_sum(column, condition)} AS DECIMAL(38, 2))"


def _order_totals(group: str) -> str:
    cells = [
        cell
        for condition in (COUNTED, "status = 'cancelled'", "status = 'refunded'")
        for cell in (_count(condition), _money("total_amount", condition))
    ]
    return _grouped(group, cells, "order_facts")


def _category_totals() -> str:
    cells = [
        cell
        for condition in (COUNTED, "status = 'cancelled'", "status = 'refunded'")
        for cell in (_orders_among_lines(condition), _units(condition), _money("amount", condition))
    ]
    return _grouped("category", cells, "line_facts")


def _grouped(group: str, cells: list[str], view: str) -> str:
    columns = ", ".join([group, "currency", *cells, VERSION_SUM])
    return f"SELECT {columns} FROM {view} WHERE {group} IS NOT NULL GROUP BY {group}, currency"


def _units(condition: str) -> str:
    return _sum("CAST(units AS BIGINT)", condition)


def _table(name: str, columns: Columns, key: tuple[str, ...], options: Options) -> str:
    fields = [f"`{column}` {kind}" for column, kind in columns.items()]
    fields.append(f"PRIMARY KEY ({', '.join(key)}) NOT ENFORCED")
    return f"CREATE TEMPORARY TABLE {name} ({', '.join(fields)}) WITH ({_options(options)})"


def _options(options: Options) -> str:
    return ", ".join(f"'{name}' = '{_quoted(value)}'" for name, value in options.items())


def _quoted(value: str) -> str:
    return value.replace("'", "''")
