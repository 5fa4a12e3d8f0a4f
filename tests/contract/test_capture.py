"""The registry, the connector's JSON and MySQL's files say the same."""

import re
from functools import cache

import pytest

from orderflow.connect import ddl
from orderflow.connect.checks import ROUTING, routed_partitions
from orderflow.connect.definitions import Definition, read_all
from orderflow.core.topics import CAPTURED_TABLES, MYSQL_ORDERS, PARTITIONS, SCHEMA_HISTORY, TICK_SLOTS, TOPICS
from orderflow.environment import ROOT
from orderflow.stack import connect as native_connect

RECORDED_DEBEZIUM = "3.6.1.Final"
RECORDED_PARTITIONS = "1002202110102013212120222013210013222123121313303023203320330221"
"""The partition where that Debezium really put the row with id 1, 2, 3, ..; record them anew for another version."""


@cache
def connector() -> Definition:
    (only,) = read_all(ROOT / "connectors")
    return only


def sql(name: str) -> str:
    text = (ROOT / "mysql-init" / name).read_text()
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))


def captured() -> list[str]:
    return connector().config["table.include.list"].split(",")


def test_the_connector_captures_the_registrys_tables_in_its_order() -> None:
    assert captured() == [f"shop.{table}" for table in CAPTURED_TABLES]
    assert captured()[-1] == "shop.order_ticks", "the tick's snapshot row must be the last one: it ends the snapshot"


def test_mysql_has_exactly_the_captured_tables() -> None:
    assert set(re.findall(r"CREATE TABLE (\w+)", sql("01-schema.sql"))) == set(CAPTURED_TABLES)


def test_every_table_is_routed_to_its_topic() -> None:
    config = connector().config
    pattern = re.compile(config["transforms.route.regex"])
    replacement = re.sub(r"\$(\d)", r"\\\1", config["transforms.route.replacement"])
    routed = {table: pattern.sub(replacement, f"{config['topic.prefix']}.shop.{table}") for table in CAPTURED_TABLES}
    assert routed == {table: topic.name for table, topic in CAPTURED_TABLES.items()}


def test_routing_comes_before_renaming_and_knows_the_registrys_partitions() -> None:
    config = connector().config
    first, _ = config["transforms"].split(",")
    assert config[f"transforms.{first}.type"] == ROUTING
    assert routed_partitions(connector()) == PARTITIONS
    assert {topic.partitions for topic in CAPTURED_TABLES.values()} == {PARTITIONS}


def test_placing_reads_the_keys_and_nothing_else() -> None:
    """A table with both id and order_id would be placed by the sum of their hashes."""
    fields = connector().config["transforms.part.partition.payload.fields"].split(",")
    assert fields == ["change.order_id", "change.id", "change.slot"]
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", sql("01-schema.sql"), re.DOTALL):
        columns = set(re.findall(r"^  (\w+) ", body, re.MULTILINE))
        assert len(columns & {"order_id", "id", "slot"}) == 1, table


def test_only_the_tick_table_has_a_key_called_slot() -> None:
    """Keys of one compacted topic must differ between its tables."""
    keys = [key for table, key in primary_keys().items() if CAPTURED_TABLES[table] is MYSQL_ORDERS]
    assert sorted(keys) == ["id", "order_id, line_no", "slot"]


def primary_keys() -> dict[str, str]:
    found = {}
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", sql("01-schema.sql"), re.DOTALL):
        inline = re.search(r"^  (\w+) .*PRIMARY KEY", body, re.MULTILINE)
        composed = re.search(r"PRIMARY KEY \(([^)]+)\)", body)
        found[table] = (composed or inline)[1]  # type: ignore[index]  # each table has one; None would fail, as it should
    return found


def test_the_tick_rows_are_the_registrys_slots() -> None:
    inserted = sql("03-ticks.sql").split("CREATE EVENT")[0]
    assert tuple(int(slot) for slot in re.findall(r"\((\d+), NOW", inserted)) == TICK_SLOTS


def test_the_tick_slots_land_on_one_partition_each() -> None:
    placed = [int(RECORDED_PARTITIONS[slot - 1]) for slot in TICK_SLOTS]
    assert placed == list(range(PARTITIONS))


def test_the_recorded_partitions_are_of_the_debezium_in_use() -> None:
    assert f"DEBEZIUM_VERSION={RECORDED_DEBEZIUM}\n" in (ROOT / ".env.example").read_text()


def test_one_event_updates_all_ticks_each_second() -> None:
    assert "EVERY 1 SECOND" in sql("03-ticks.sql")
    assert re.search(r"DO UPDATE shop\.order_ticks SET ticked_at = NOW\(6\);", sql("03-ticks.sql"))


def test_a_changed_primary_key_is_refused_in_every_captured_table() -> None:
    triggers = re.findall(r"BEFORE UPDATE ON (\w+) FOR EACH ROW\nIF (NEW.+) THEN\n  SIGNAL", sql("02-triggers.sql"))
    refused = {table: ", ".join(re.findall(r"NEW\.(\w+) <>", condition)) for table, condition in triggers}
    assert refused == primary_keys()


def test_a_change_that_is_not_logged_as_a_row_is_refused_in_every_table_of_the_shop() -> None:
    guards = re.findall(r"CREATE TRIGGER \w+ BEFORE (\w+) ON (\w+) FOR EACH ROW\nIF @@SESSION", sql("02-triggers.sql"))
    written = set(CAPTURED_TABLES) - {"order_ticks"}
    assert set(guards) == {(verb, table) for verb in ("INSERT", "UPDATE", "DELETE") for table in written}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("skipped.operations", "t"),  # a TRUNCATE has no key: the compacted topic would refuse it, the task would fail
        ("tombstones.on.delete", "false"),  # a tombstone would hide the delete from a reader that comes later
        ("bigint.unsigned.handling.mode", "long"),
        ("decimal.handling.mode", "string"),
        ("time.precision.mode", "isostring"),
        ("snapshot.max.threads", "1"),  # else the tables' order in the snapshot is not the list's
        ("snapshot.mode", "when_needed"),
        ("snapshot.locking.mode", "none"),  # with a lock, one long query of a reader holds the whole shop up
        # else SHOW DATABASES opens the snapshot's view before its position is read, and what comes between is lost
        ("driver.sessionVariables", "transaction_isolation='READ-COMMITTED'"),
        ("enable.time.adjuster", "false"),  # else the years 1 to 99 arrive as 1970 to 2069, silently
        (
            "schema.history.internal.store.only.captured.tables.ddl",
            "true",
        ),  # else a snapshot parses every table there is
        (ddl.SETTING, ddl.filter_pattern("shop", CAPTURED_TABLES)),
        ("ddl.parser.type", "default"),
        ("event.processing.failure.handling.mode", "fail"),
        ("event.converting.failure.handling.mode", "fail"),
        ("inconsistent.schema.handling.mode", "fail"),
        ("errors.tolerance", "none"),
        ("schema.history.internal.kafka.topic", SCHEMA_HISTORY.name),
    ],
)
def test_the_settings_that_the_design_rests_on(setting: str, value: str) -> None:
    assert connector().config[setting] == value


def test_nothing_creates_topics_or_writes_to_mysql() -> None:
    forbidden = ("topic.creation.", "heartbeat.", "signal.")
    assert [name for name in connector().config if name.startswith(forbidden)] == []


def test_retries_are_bounded_and_a_lost_server_is_noticed() -> None:
    config = connector().config
    assert 0 < int(config["errors.max.retries"]) <= 1000
    assert int(config["connect.keep.alive.interval.ms"]) <= 10_000


def test_secrets_and_addresses_are_placeholders() -> None:
    config = connector().config
    for name in ("database.hostname", "database.port", "database.user", "database.password"):
        assert re.fullmatch(r"\$\{env:[A-Z_]+\}", config[name]), name


def test_the_worker_hands_out_exactly_the_variables_that_connectors_name() -> None:
    named = set(re.findall(r"\$\{env:(\w+)\}", " ".join(connector().config.values())))
    assert set(native_connect.READABLE.split("|")) == named


def test_a_connector_may_override_what_ours_does_and_nothing_else() -> None:
    prefix = "producer.override."
    used = {name.removeprefix(prefix) for name in connector().config if name.startswith(prefix)}
    assert used == set(native_connect.OVERRIDABLE)


def test_ordered_at_is_utc_whatever_the_session() -> None:
    assert re.search(r"ordered_at +DATETIME\(6\) +NOT NULL DEFAULT \(UTC_TIMESTAMP\(6\)\)", sql("01-schema.sql"))


def test_the_schema_history_is_one_partition_kept_for_ever() -> None:
    config = SCHEMA_HISTORY.config()
    assert SCHEMA_HISTORY in TOPICS
    assert (SCHEMA_HISTORY.partitions, config["cleanup.policy"], config["retention.ms"]) == (1, "delete", "-1")
