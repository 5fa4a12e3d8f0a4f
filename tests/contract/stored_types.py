"""The types that Flink and PostgreSQL declare for each place of an order document, and what fits them."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flink import columns, schema

POSTGRES: dict[str, list[str]] = {
    "order_id": ["orders.order_id", "order_items.order_id"],
    "customer.id": ["orders.customer_id"],
    "customer.name": ["orders.customer_name"],
    "customer.city": ["orders.customer_city"],
    "customer.country": ["orders.customer_country"],
    "customer.tier": ["orders.customer_tier"],
    "lines.product.id": ["order_items.product_id"],
    "lines.product.sku": ["order_items.product_sku"],
    "lines.product.name": ["order_items.product_name"],
    "lines.product.category": ["order_items.category", "order_totals_by_category.category"],
    "lines.line_no": ["order_items.line_no", "recordset.line_no"],
    "lines.quantity": ["order_items.quantity", "recordset.quantity"],
    "lines.unit_price": ["order_items.unit_price", "recordset.unit_price"],
    "lines.line_total": ["order_items.line_total", "recordset.line_total"],
}
"""Place in the document -> the PostgreSQL columns it goes to; other places have their name in `orders`."""


def flink_types(place: str) -> list[str]:
    """Return the type that each of Flink's sources declares for the place; text read as a whole declares none."""
    sources: dict[str, columns.Columns] = getattr(columns, "SOURCES", {"processed_orders": columns.DOCUMENT})
    found = []
    for source in sources.values():
        kind = _declared(source, place.split("."))
        if kind is not None:
            found.append(kind)
    return found


def _declared(fields: columns.Columns, path: list[str]) -> str | None:
    kind = fields.get(path[0])
    if kind is None or len(path) == 1:
        return kind
    row = re.fullmatch(r"(?:ARRAY<)?ROW<(.*?)>>?", kind)
    return _declared(dict(_fields(row[1] + (">" if "ROW<" in row[1] else ""))), path[1:]) if row else None


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Split `a INT, b ROW<c INT>` at its outermost commas."""
    for part in re.findall(r"(?:[^,<>()]|<[^<>]*>|\([^()]*\))+", text):
        name, kind = part.strip().split(" ", 1)
        yield name.strip("`"), kind


def postgres_types() -> dict[str, str]:
    """Return "table.column" -> type by the newest of the SQL files; "recordset" is what reads the lines' JSON."""
    text = re.sub(r"--.*", "", "\n".join(file.text for file in schema.migrations()))
    kind = r"([a-z]+(?:\(\d+, \d+\))?)"
    found = {}
    for table, body in re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\)", text, re.DOTALL):
        found.update({f"{table}.{name}": type for name, type in re.findall(rf"^  (\w+) +{kind}", body, re.MULTILINE)})
    for table, actions in re.findall(r"ALTER TABLE (\w+)([^;]*);", text):
        for name, type in re.findall(rf"ALTER (?:COLUMN )?(\w+) (?:SET DATA )?TYPE {kind}", actions):
            found[f"{table}.{name}"] = type
    body = re.findall(r"jsonb_to_recordset\(\w+\)\s+AS \w+\((.*)\)", text)[-1]
    found.update({f"recordset.{name}": type for name, type in re.findall(rf"(\w+) {kind}", body)})
    return found


def fits(kind: str, value: Any) -> bool:
    """Say whether a value of the document, not null, fits a type of Flink or PostgreSQL."""
    if size := re.fullmatch(r"(?:DECIMAL|numeric)\((\d+), 2\)", kind):
        return bool(re.fullmatch(rf"-?[0-9]{{1,{int(size[1]) - 2}}}\.[0-9]{{2}}", value, re.ASCII))
    if kind in ("STRING", "text"):
        return isinstance(value, str) and "\0" not in value and bool(value.encode() or True)
    if kind in ("TIMESTAMP_LTZ(6)", "timestamptz"):
        return bool(re.fullmatch(r"....-..-..T..:..:..\.......Z", value)) and datetime.fromisoformat(value).year >= 1900
    bits = {"BIGINT": 63, "bigint": 63, "INT": 31, "integer": 31}[kind]
    return type(value) is int and -(2**bits) <= value < 2**bits
