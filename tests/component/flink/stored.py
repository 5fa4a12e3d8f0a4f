"""What PostgreSQL holds, in the shape of the model in fold.py."""

from psycopg2.extensions import connection

from flink.columns import BY_CATEGORY, BY_CITY, BY_DAY, ORDERS, WINDOWS
from tests.component.flink.fold import Rows

COLUMNS = {
    "orders": [column for column in ORDERS if column != "lines"],
    "order_items": [
        *("order_id", "line_no", "product_id", "product_sku", "product_name", "category"),
        *("quantity", "unit_price", "line_total"),
    ],
    "order_totals_by_city": list(BY_CITY),
    "order_totals_by_category": list(BY_CATEGORY),
    "order_totals_by_day": list(BY_DAY),
    "order_windows": list(WINDOWS),
}


def tables(reader: connection) -> Rows:
    """Return the rows of every table."""
    rows: Rows = {}
    with reader, reader.cursor() as cursor:
        for table, columns in COLUMNS.items():
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            rows[table] = set(cursor.fetchall())
    return rows
