from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection

from flink import build, emptying, postgres_connection
from flink.folders import Folders
from orderflow.core.settings import Settings
from tests.component.flink.conftest import connect
from tests.component.flink.test_schema import items, line, rows, store


@pytest.fixture
def own(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "jars", "jobmanager")


def test_a_new_database_has_no_build(writer: connection) -> None:
    assert build.recorded(writer) is None


def test_a_rebuild_empties_the_tables_and_opens_a_build_of_its_own(migrated: Settings, writer: connection) -> None:
    store(writer, 1, 10, [line(1)])
    starter = postgres_connection.as_writer(migrated)
    first, second = build.new("plan", "topic"), build.new("plan", "topic")
    for fresh in (first, second):
        emptying.empty(starter, fresh, pytest.fail)
    assert build.recorded(starter) == second != first
    assert rows(writer, "SELECT count(*) FROM orders") == [(0,)]
    assert items(writer) == []
    starter.close()


def test_state_fits_only_after_the_last_step(migrated: Settings, own: Folders) -> None:
    starter = postgres_connection.as_writer(migrated)
    fresh = build.new("plan", "topic")
    emptying.empty(starter, fresh, pytest.fail)
    assert build.mismatch(own, build.recorded(starter), "plan", "topic") is not None
    build.note(own, fresh)
    assert build.mismatch(own, build.recorded(starter), "plan", "topic") is None
    starter.close()


def test_tasks_of_an_earlier_job_lose_their_sessions(migrated: Settings) -> None:
    task = psycopg2.connect(
        host=migrated.postgres_host,
        port=migrated.postgres_port,
        dbname=migrated.postgres_database,
        user=migrated.postgres_writer,
        password=migrated.postgres_writer_password,
        application_name="orderflow-flink",
    )
    reader, starter = connect(migrated, "reader"), postgres_connection.as_writer(migrated)
    emptying.expel_writers(starter, patience=0.2)
    with pytest.raises(psycopg2.OperationalError, match="terminat"):
        rows(task, "SELECT 1")
    assert rows(reader, "SELECT 1") == [(1,)]
    for session in (task, reader, starter):
        session.close()


def test_a_reader_that_holds_a_lock_is_named_and_waited_for(
    migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "LOCK_SECONDS", 1)
    reader, starter = connect(migrated, "reader"), postgres_connection.as_writer(migrated)
    rows(reader, "SELECT count(*) FROM orders")
    told: list[str] = []

    def say(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            reader.rollback()

    fresh = build.new("plan", "topic")
    emptying.empty(starter, fresh, say)
    assert build.recorded(starter) == fresh
    pid = reader.info.backend_pid
    assert f"process {pid} of {migrated.postgres_reader} (idle in transaction since " in told[0]
    assert len(told) == 2
    for session in (reader, starter):
        session.close()


def test_a_database_restored_from_a_backup_is_noticed(migrated: Settings, own: Folders) -> None:
    starter = postgres_connection.as_writer(migrated)
    fresh = build.new("plan", "topic")
    emptying.empty(starter, fresh, pytest.fail)
    build.note(own, fresh)
    assert [build.beat(starter, own, fresh.build_id) for _ in range(3)] == [None] * 3
    assert build.mismatch(own, build.recorded(starter), "plan", "topic") is None
    with starter, starter.cursor() as cursor:
        cursor.execute("UPDATE builds SET beat = 1")  # what the backup holds
    assert "restored from a backup" in (build.mismatch(own, build.recorded(starter), "plan", "topic") or "")
    assert "restored from a backup" in (build.beat(starter, own, fresh.build_id) or "")
    starter.close()


def test_a_build_that_is_gone_is_noticed(migrated: Settings, own: Folders) -> None:
    starter = postgres_connection.as_writer(migrated)
    fresh = build.new("plan", "topic")
    emptying.empty(starter, fresh, pytest.fail)
    with starter, starter.cursor() as cursor:
        cursor.execute("DELETE FROM builds")
    assert "a rebuild was asked for" in (build.beat(starter, own, fresh.build_id) or "")
    assert "a rebuild was asked for" in (build.mismatch(own, build.recorded(starter), "plan", "topic") or "")
    starter.close()
