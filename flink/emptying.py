"""Empties Flink's tables and opens a new build, once no older job can write any more and no reader holds a lock."""

import time
from collections.abc import Callable

import psycopg2
from psycopg2.extensions import connection

from flink.build import Build

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

LOCK_SECONDS = 5
"""How long one try waits for its locks: readers that come later wait behind it."""


def empty(writer: connection, build: Build, say: Callable[[str], None]) -> None:
    """Empty the tables and record `build` in one transaction, as often as locks demand; `say` tells whom it awaits."""
    expel_writers(writer)
    while not _try_to_empty(writer, build):
        say(f"waiting to empty the tables, which are in use by {'; '.join(holders(writer)) or 'nobody any more'}")


def _try_to_empty(writer: connection, build: Build) -> bool:
    try:
        with writer, writer.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
            cursor.execute(
                "INSERT INTO builds (build_id, plan, topic_id) VALUES (%s, %s, %s)",
                (build.build_id, build.plan, build.topic_id),
            )
    except psycopg2.errors.LockNotAvailable:
        return False
    return True


def holders(writer: connection) -> list[str]:
    """Return who holds locks on the tables: process, user, state and since when."""
    with writer, writer.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT a.pid, a.usename, a.state, a.query_start"
            " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE l.granted AND l.relation = ANY (%s::regclass[]) AND a.pid <> pg_backend_pid() ORDER BY a.pid",
            (list(TABLES),),
        )
        return [f"process {pid} of {user} ({state} since {since})" for pid, user, state, since in cursor.fetchall()]


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
