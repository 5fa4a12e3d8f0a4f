from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection

from flink import build, postgres_connection
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
    first = build.empty_tables(starter, "plan", "topic")
    second = build.empty_tables(starter, "plan", "topic")
    assert build.recorded(starter) == second
    assert first.build_id != second.build_id
    assert rows(writer, "SELECT count(*) FROM orders") == [(0,)]
    assert items(writer) == []
    starter.close()


def test_state_fits_only_after_the_last_step(migrated: Settings, own: Folders) -> None:
    starter = postgres_connection.as_writer(migrated)
    fresh = build.empty_tables(starter, "plan", "topic")
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
    build.expel_writers(starter, patience=0.2)
    with pytest.raises(psycopg2.OperationalError, match="terminat"):
        rows(task, "SELECT 1")
    assert rows(reader, "SELECT 1") == [(1,)]
    for session in (task, reader, starter):
        session.close()
