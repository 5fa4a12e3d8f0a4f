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
    yield f"INSERT INTO order_totals_by_category {CATEGORY_TOTALS}"
    yield f"INSERT INTO order_totals_by_day {_order_totals('business_day')}"
    yield "INSERT INTO order_windows SELECT * FROM window_stats"
    yield (
        "INSERT INTO order_stats"
        " SELECT window_start, currency, orders, CAST(revenue AS STRING), customers FROM window_stats"
    )


ORDER_ROWS = """
SELECT order_id, customer.id, customer.name, customer.city, customer.country, customer.tier, status, currency,
  items_total, shipping_fee, discount, total_amount, delivery_address, delivery_city,
  CAST(ordered_at AS TIMESTAMP(6)), CAST(updated_at AS TIMESTAMP(6)),
  COALESCE(lines, '[]'), complete, incomplete_reason, version
FROM processed_orders"""


def _order_facts(zone: str) -> str:
    # Flink's DATE_FORMAT and FLOOR work on the session's zone, which is UTC (see job settings).
    return f"""
SELECT order_id, status, currency, total_amount, delivery_city, customer.id AS customer_id, lines,
  TO_DATE(CONVERT_TZ(DATE_FORMAT(utc_at, 'yyyy-MM-dd HH:mm:ss'), 'UTC', '{zone}')) AS business_day,
  DATE_FORMAT(TIMESTAMPADD(MINUTE, -CAST(MOD(EXTRACT(MINUTE FROM utc_at), 5) AS INT), utc_at), 'yyyy-MM-dd')
    || 'T' ||
    DATE_FORMAT(TIMESTAMPADD(MINUTE, -CAST(MOD(EXTRACT(MINUTE FROM utc_at), 5) AS INT), utc_at), 'HH:mm')
    || ':00Z' AS window_start
FROM (SELECT *, CAST(ordered_at AS TIMESTAMP(3)) AS utc_at FROM processed_facts WHERE complete)"""


LINE_FACTS = """
SELECT o.order_id, o.status, o.currency, l.product.category AS category, l.quantity AS units,
  CAST(l.line_total AS DECIMAL(28, 2)) AS amount
FROM order_facts o CROSS JOIN UNNEST(o.lines) AS l(product, quantity, line_total)"""

COUNTED = "status NOT IN ('cancelled', 'refunded')"

WINDOW_STATS = f"""
SELECT window_start, currency, COUNT(*) AS orders, CAST(SUM(total_amount) AS DECIMAL(38, 2)) AS revenue,
  COUNT(DISTINCT customer_id) AS customers
FROM order_facts WHERE {COUNTED} GROUP BY window_start, currency"""


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
    return f"SELECT {group}, currency, {', '.join(cells)} FROM order_facts GROUP BY {group}, currency"


def _category_totals() -> str:
    cells = [
        cell
        for condition in (COUNTED, "status = 'cancelled'", "status = 'refunded'")
        for cell in (_orders_among_lines(condition), _units(condition), _money("amount", condition))
    ]
    return f"SELECT category, currency, {', '.join(cells)} FROM line_facts GROUP BY category, currency"


def _units(condition: str) -> str:
    return _sum("CAST(units AS BIGINT)", condition)


CATEGORY_TOTALS = _category_totals()


def _table(name: str, columns: Columns, key: tuple[str, ...], options: Options) -> str:
    fields = [f"`{column}` {kind}" for column, kind in columns.items()]
    fields.append(f"PRIMARY KEY ({', '.join(key)}) NOT ENFORCED")
    return f"CREATE TEMPORARY TABLE {name} ({', '.join(fields)}) WITH ({_options(options)})"


def _options(options: Options) -> str:
    return ", ".join(f"'{name}' = '{_quoted(value)}'" for name, value in options.items())


def _quoted(value: str) -> str:
    return value.replace("'", "''")
