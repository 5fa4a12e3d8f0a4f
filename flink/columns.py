"""The columns Flink reads from an order document and writes to PostgreSQL, in Flink's types.

Two tables read the topic. `processed_orders` goes to PostgreSQL row by row and keeps no state; `processed_facts` has
what totals need and no more, because Flink keeps one such row an order to know what an update replaces.
"""

Columns = dict[str, str]
"""Column name -> Flink type."""

MONEY = "DECIMAL(18, 2)"
SUM = "DECIMAL(38, 2)"
COUNT = "BIGINT"

PUBLISHED: Columns = {
    "order_id": "STRING",
    "complete": "BOOLEAN",
    "version": "BIGINT",
    "source": "ROW<pos BIGINT>",
}
"""By these a record shows that the worker wrote it. The key is text, because a number that is none would be null."""

DOCUMENT: Columns = PUBLISHED | {
    "incomplete_reason": "STRING",
    "status": "STRING",
    "currency": "STRING",
    "items_total": MONEY,
    "shipping_fee": MONEY,
    "discount": MONEY,
    "total_amount": MONEY,
    "customer": "ROW<id BIGINT, name STRING, city STRING, country STRING, tier STRING>",
    "delivery_address": "STRING",
    "delivery_city": "STRING",
    "ordered_at": "TIMESTAMP_LTZ(6)",
    "updated_at": "TIMESTAMP_LTZ(6)",
    "lines": "STRING",
}
"""`lines` is the array's JSON text, as published: PostgreSQL reads it."""

FACTS: Columns = PUBLISHED | {
    "status": "STRING",
    "currency": "STRING",
    "total_amount": MONEY,
    "customer": "ROW<id BIGINT>",
    "delivery_city": "STRING",
    "ordered_at": "TIMESTAMP_LTZ(6)",
    "lines": "ARRAY<ROW<product ROW<category STRING>, quantity INT, line_total STRING>>",
}
"""Money inside lines stays text, which the category totals cast exactly."""

SOURCES: dict[str, Columns] = {"processed_orders": DOCUMENT, "processed_facts": FACTS}
"""Table -> its columns; `order_id` is the key of both."""

ORDERS: Columns = {
    "order_id": "STRING",
    "customer_id": "BIGINT",
    "customer_name": "STRING",
    "customer_city": "STRING",
    "customer_country": "STRING",
    "customer_tier": "STRING",
    "status": "STRING",
    "currency": "STRING",
    "items_total": MONEY,
    "shipping_fee": MONEY,
    "discount": MONEY,
    "total_amount": MONEY,
    "delivery_address": "STRING",
    "delivery_city": "STRING",
    "ordered_at": "TIMESTAMP(6)",
    "updated_at": "TIMESTAMP(6)",
    "lines": "STRING",
    "complete": "BOOLEAN",
    "incomplete_reason": "STRING",
    "version": "BIGINT",
}

ASIDE: Columns = {
    "cancelled_orders": COUNT,
    "cancelled_amount": SUM,
    "refunded_orders": COUNT,
    "refunded_amount": SUM,
}
"""Cancelled and refunded orders: never part of `orders` and `revenue`."""

VERSIONS: Columns = {"versions": "DECIMAL(38, 0)"}
"""The sum of the orders' versions: it changes with each of them, so that a touched group is always written again."""

BY_CITY: Columns = {"delivery_city": "STRING", "currency": "STRING", "orders": COUNT, "revenue": SUM} | ASIDE | VERSIONS
BY_DAY: Columns = {"business_day": "DATE", "currency": "STRING", "orders": COUNT, "revenue": SUM} | ASIDE | VERSIONS
BY_CATEGORY: Columns = {
    "category": "STRING",
    "currency": "STRING",
    "orders": COUNT,
    "units": COUNT,
    "revenue": SUM,
    "cancelled_orders": COUNT,
    "cancelled_units": COUNT,
    "cancelled_amount": SUM,
    "refunded_orders": COUNT,
    "refunded_units": COUNT,
    "refunded_amount": SUM,
} | VERSIONS
STATS: Columns = {
    "window_start": "STRING",
    "currency": "STRING",
    "orders": COUNT,
    "revenue": "STRING",
    "customers": COUNT,
}
"""Money in a JSON topic is text. `window_start` is, too, `2026-01-31T23:55:00Z`: one value for it and timestamptz."""

WINDOWS: Columns = STATS | {"revenue": SUM} | VERSIONS

SINKS: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "orders": (ORDERS, ("order_id",)),
    "order_totals_by_city": (BY_CITY, ("delivery_city", "currency")),
    "order_totals_by_category": (BY_CATEGORY, ("category", "currency")),
    "order_totals_by_day": (BY_DAY, ("business_day", "currency")),
    "order_windows": (WINDOWS, ("window_start", "currency")),
    "order_stats": (STATS, ("window_start", "currency")),
}
"""Table -> its columns and primary key. All but `order_stats`, a topic, are PostgreSQL's."""
