"""Runs the real pipeline to its end on a finite history, inside this process, into a real PostgreSQL."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection

from flink import connectors, job
from flink.columns import SOURCES
from flink.folders import flink_home, folders
from orderflow.core.messages import OrderDocument
from orderflow.core.settings import Settings
from tests.component.flink.documents import encoded

History = Iterable[tuple[int, OrderDocument | None]]

STATS_TABLE = """
CREATE TABLE order_stats (
  window_start text, currency text, orders bigint, revenue text, customers bigint, PRIMARY KEY (window_start, currency))
"""


def prepare_process(settings: Settings, folder: Path) -> None:
    """Let the JVM that PyFlink starts find the connectors; in effect for the first environment of this process."""
    home, jars = flink_home(), folders(settings, "test").jars
    found = [*home.glob("lib/*.jar"), *jars.glob("*.jar")]
    assert any(jars.glob("*.jar")), f"no connectors in {jars}: run ./scripts/start.sh or `make test`, which fetch them"
    for jar in found:
        (folder / jar.name).symlink_to(jar)
    places = {"FLINK_HOME": home, "FLINK_LIB_DIR": folder, "FLINK_LOG_DIR": folder}
    # without FLINK_HOME PyFlink puts its own lib folder over ours
    os.environ.update({name: str(place) for name, place in places.items()} | {"JVM_ARGS": "-Duser.timezone=UTC"})


def run(settings: Settings, owner: connection, changes: History, file: Path, zone: str) -> dict[int, OrderDocument]:
    """Run the job over `changes` and wait for its end; return the newest document of each order."""
    _stand_in_for_topic(settings, owner)
    newest = _write(changes, file)
    target = job.environment()
    # as the topic's upserts: no document says what it replaces, so Flink remembers
    target.get_config().set("table.exec.source.cdc-events-duplicate", "true")
    sinks = connectors.sinks(settings) | {"order_stats": connectors.postgres_table(settings, "order_stats")}
    job.statement_set(target, zone, dict.fromkeys(SOURCES, _source(file)), sinks).execute().wait()
    return newest


def _source(file: Path) -> dict[str, str]:
    return {
        "connector": "filesystem",
        "path": str(file),
        "format": "debezium-json",
        "debezium-json.timestamp-format.standard": "ISO-8601",
    }


def _stand_in_for_topic(settings: Settings, owner: connection) -> None:
    with owner, owner.cursor() as cursor:
        cursor.execute(STATS_TABLE)
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON order_stats TO {settings.postgres_writer}")


def _write(changes: History, file: Path) -> dict[int, OrderDocument]:
    newest: dict[int, OrderDocument] = {}
    with file.open("w", encoding="utf-8") as lines:
        for order_id, document in changes:
            before = newest.pop(order_id, None)
            if document is not None:
                newest[order_id] = document
            if before or document:
                lines.write(json.dumps(_envelope(before, document)) + "\n")
    return newest


def _envelope(before: OrderDocument | None, after: OrderDocument | None) -> dict[str, Any]:
    operation = "d" if after is None else "u" if before else "c"
    return {"before": before and encoded(before), "after": after and encoded(after), "op": operation}
