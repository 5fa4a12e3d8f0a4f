"""The order of events: wait, compare, and tell a real difference from a shop that is still being written to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from orderflow.core.settings import Settings, load
from orderflow.environment import environment
from orderflow.reconcile import mysql, postgres, proof
from orderflow.reconcile.chunks import Summary
from orderflow.reconcile.report import Report
from orderflow.reconcile.tables import Table

PASSWORDS = {f"{name}_PASSWORD": "x" for name in (
    "MYSQL_ROOT", "CDC", "APP", "POSTGRES_OWNER", "POSTGRES_WRITER", "POSTGRES_READER",
)}  # fmt: skip


class Side:
    """One order (its checksum is `state`), no lines, no totals."""

    opened_us = 1

    def __init__(self, state: int, build_id: str = "b") -> None:
        self._state, self.build_id = state, build_id

    def summary(self, table: Table, progress: object) -> Summary:
        return Summary({0: (1, self._state)} if table.name == "orders" else {})

    def chunk(self, table: Table, number: int) -> list[tuple[str, ...]]:
        return [("1", *[str(self._state)] * (len(table.columns) - 1), "")]

    def rows(self, sql: str) -> list[Any]:
        return []


class World:
    """MySQL's states one snapshot after another (the last one stays), PostgreSQL's one state."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, source: list[int], target: int) -> None:
        self.source, self.target, self.waits = source, target, 0
        self.failures: list[Exception] = []
        self.builds = ["b"]
        monkeypatch.setattr(proof, "RETRY_SECONDS", 0)
        monkeypatch.setattr(mysql, "snapshot", self._mysql)
        monkeypatch.setattr(postgres, "snapshot", self._postgres)
        monkeypatch.setattr(proof, "await_cut", self._wait)

    @contextmanager
    def _mysql(self, settings: Settings) -> Iterator[Side]:
        yield Side(self.source.pop(0) if len(self.source) > 1 else self.source[0])

    @contextmanager
    def _postgres(self, settings: Settings) -> Iterator[Side]:
        if self.failures:
            raise self.failures.pop(0)
        yield Side(self.target, self.builds.pop(0) if len(self.builds) > 1 else self.builds[0])

    def _wait(self, *of: object) -> str:
        self.waits += 1
        return "b"


def compare(told: list[str] | None = None) -> Report:
    heard: list[str] = [] if told is None else told
    return proof.compare(load(environment() | PASSWORDS), 1.0, heard.append)


def test_equal_sides_are_equal_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [1], 1)
    assert compare().verdict() == "MySQL = PostgreSQL"
    assert world.waits == 1


def test_a_difference_while_mysql_stands_still_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    World(monkeypatch, [1], 2)
    report = compare()
    assert report.verdict() == "MySQL != PostgreSQL: rows differ in orders"
    assert [difference.key for difference in report.tables[0].differences.first] == [("1",)]


def test_a_difference_while_mysql_changes_is_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [1, 2, 2], 2)
    told: list[str] = []
    assert compare(told).equal
    assert world.waits == 2
    assert told == ["MySQL changed during comparison 1 of 3, or PostgreSQL's tables were rebuilt"]


def test_a_shop_that_never_stands_still_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [1, 2, 3, 4, 5, 6], 9)
    assert "writers are active" in compare().verdict()
    assert world.waits == proof.ATTEMPTS


AWAY = psycopg2.OperationalError("connection refused")


def test_a_server_that_restarts_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [1], 1)
    world.failures = [AWAY, AWAY]
    told: list[str] = []
    assert compare(told).equal
    assert told == ["PostgreSQL does not answer, asking again: connection refused"] * 2


def test_tables_that_are_emptied_between_the_wait_and_the_look_are_no_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, [1], 1)
    world.builds = ["a rebuild", "b"]
    assert compare().equal
    assert world.waits == 2


def test_a_server_that_stays_away_is_named_and_nothing_was_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, [1], 1)
    world.failures = [AWAY] * 1_000_000
    report = compare()
    assert report.verdict() == (
        "could not compare: PostgreSQL does not answer: connection refused (see orderflow status)"
    )
    assert report.exit_code == 2
