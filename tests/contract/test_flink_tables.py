"""Flink's columns, PostgreSQL's columns and the document's fields are one and the same."""

import re

import pytest
from msgspec.structs import fields

from flink import columns, connectors, schema
from flink.emptying import TABLES
from flink.pipeline import Options
from orderflow.core.groups import flink_groups
from orderflow.core.messages import Customer, Line, OrderDocument, Product
from orderflow.core.topics import ORDER_STATS, PROCESSED_ORDERS
from tests.unit.flink.settings import settings

BUILD = "3f2b8f0e-0000-4000-8000-000000000000"

UNREAD = {"stages", "position", "snapshot", "rejected", "deleted", "unshown"}
"""Document fields that serve the worker and whoever traces an order, not the tables."""

POSTGRES_TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "STRING": "text",
    "DATE": "date",
    "TIMESTAMP(6)": "timestamptz",
    "DECIMAL(18, 2)": "numeric(18, 2)",
    "DECIMAL(38, 2)": "numeric(38, 2)",
    "DECIMAL(38, 0)": "numeric(38, 0)",
}
READ_BY_POSTGRES = {"order_id": "bigint", "lines": "jsonb", "window_start": "timestamptz"}
"""Columns that Flink sends as text of unspecified type."""


def created() -> dict[str, dict[str, str]]:
    """Return table -> column -> type, from the SQL files."""
    text = "\n".join(file.text for file in schema.migrations())
    tables = re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\)", text, re.DOTALL)
    column = re.compile(r"^  (\w+) +([a-z]+(?:\(\d+, \d+\))?)", re.MULTILINE)
    found = {name: dict(column.findall(body)) for name, body in tables}
    for table, name, kind in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+) ([a-z]+(?:\(\d+, \d+\))?)", text):
        found[table][name] = kind
    return found


def sources() -> dict[str, Options]:
    return connectors.sources(settings(), BUILD)


def names(kind: str) -> list[str]:
    """Return the outermost field names of a Flink ROW."""
    inner = re.sub(r"ROW<[^<>]*>", "X", re.sub(r"^(ARRAY<)?ROW<", "", kind))
    return [part.split()[0].strip("`") for part in inner.split(",")]


def test_flink_reads_every_field_of_the_document_but_the_workers_own() -> None:
    assert set(columns.DOCUMENT) == {field.name for field in fields(OrderDocument)} - UNREAD


def test_nested_fields_are_those_of_the_messages() -> None:
    assert names(columns.DOCUMENT["customer"]) == [field.name for field in fields(Customer)]
    product = re.search(r"product (ROW<[^<>]*>)", columns.FACTS["lines"])
    assert product is not None
    assert set(names(product[1])) <= {field.name for field in fields(Product)}
    assert set(names(columns.FACTS["lines"])) <= {field.name for field in fields(Line)}
    assert set(names(columns.FACTS["customer"])) <= {field.name for field in fields(Customer)}


def test_both_readers_agree_on_what_they_share() -> None:
    nested = {"customer", "lines"}  # as text for PostgreSQL, or a part of them for the totals
    assert columns.FACTS.keys() <= columns.DOCUMENT.keys()
    assert {name: columns.DOCUMENT[name] for name in columns.FACTS.keys() - nested} == {
        name: kind for name, kind in columns.FACTS.items() if name not in nested
    }


@pytest.mark.parametrize("table", [name for name in columns.SINKS if name != "order_stats"])
def test_a_sink_has_the_columns_of_its_table(table: str) -> None:
    wanted = {name: READ_BY_POSTGRES.get(name, POSTGRES_TYPES[kind]) for name, kind in columns.SINKS[table][0].items()}
    own = {"stored_at": "timestamptz"} if table == "orders" else {}
    assert created()[table] == wanted | own


def test_a_rebuild_empties_every_table_that_flink_writes() -> None:
    assert set(TABLES) == set(columns.SINKS) - {"order_stats"} | {"builds"}


def test_every_sink_has_its_connector() -> None:
    assert set(connectors.sinks(settings())) == set(columns.SINKS)


def test_topics_are_those_of_the_registry() -> None:
    assert {options["topic"] for options in sources().values()} == {PROCESSED_ORDERS.name}
    assert connectors.sinks(settings())["order_stats"]["topic"] == ORDER_STATS.name


def test_each_reader_has_a_group_of_its_own_for_this_build() -> None:
    groups = [options["properties.group.id"] for options in sources().values()]
    assert groups == list(flink_groups(settings().flink_group, BUILD))
    assert len(set(groups)) == len({options["properties.client.id"] for options in sources().values()}) == 2
