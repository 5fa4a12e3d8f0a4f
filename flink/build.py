"""A build: everything the tables hold since they were last empty. State belongs to the build it was saved in.

The id stands in PostgreSQL and beside the state. So state is used only with the tables, the input topic and the plan
that it was saved with: a wiped database, a topic made anew or a changed statement lead to a rebuild, never to a mix.
"""

import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import connection

from flink.folders import Folders

TABLES = (
    "orders",
    "order_totals_by_city",
    "order_totals_by_category",
    "order_totals_by_day",
    "order_windows",
    "builds",
)

WRITERS_GONE_SECONDS = 30.0
"""Longer than the heartbeat timeout after which a TaskManager gives up the tasks of a dead JobManager."""


@dataclass(frozen=True)
class Build:
    """What state must fit to."""

    build_id: str
    plan: str
    topic_id: str


def recorded(writer: connection) -> Build | None:
    """Return the build of PostgreSQL's tables."""
    with writer, writer.cursor() as cursor:
        cursor.execute("SELECT build_id::text, plan, topic_id FROM builds")
        row = cursor.fetchone()
    return Build(*row) if row else None


def mismatch(folders: Folders, found: Build | None, plan: str, topic_id: str) -> str | None:
    """Return why the saved state cannot be used, or None when it can."""
    if found is None:
        return "PostgreSQL's tables were never built"
    if found.plan != plan:
        return "the job, its versions or the schema changed"
    if found.topic_id != topic_id:
        return "processed-orders was made anew"
    if not _marker(folders).exists() or _marker(folders).read_text(encoding="utf-8") != found.build_id:
        return "the saved state belongs to other tables"
    return None


def discard_state(folders: Folders) -> None:
    """Delete all saved state."""
    _marker(folders).unlink(missing_ok=True)
    for folder in (folders.checkpoints, folders.savepoints):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


def empty_tables(writer: connection, plan: str, topic_id: str) -> Build:
    """Empty Flink's tables and open a new build in one transaction, once no older job can write any more."""
    expel_writers(writer)
    build = Build(str(uuid.uuid4()), plan, topic_id)
    with writer, writer.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
        cursor.execute(
            "INSERT INTO builds (build_id, plan, topic_id) VALUES (%s, %s, %s)",
            (build.build_id, build.plan, build.topic_id),
        )
    return build


def note(folders: Folders, build: Build) -> None:
    """Record that state saved from now on belongs to `build`: the last step of a rebuild."""
    _marker(folders).write_text(build.build_id, encoding="utf-8")


OTHERS = (
    "FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
    " AND application_name = 'orderflow-flink'"
)


def expel_writers(writer: connection, patience: float = WRITERS_GONE_SECONDS) -> None:
    """Wait until the tasks of an earlier job have left PostgreSQL; close their sessions after `patience` seconds."""
    deadline = time.monotonic() + patience
    while _sessions(writer) and time.monotonic() < deadline:
        time.sleep(0.5)
    with writer, writer.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")


def _sessions(writer: connection) -> int:
    with writer, writer.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {OTHERS}")
        return int((cursor.fetchone() or (0,))[0])


def _marker(folders: Folders) -> Path:
    return folders.state / "build-id"
