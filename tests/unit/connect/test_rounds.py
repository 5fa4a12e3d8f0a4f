from typing import Any, cast

import pymysql
import pytest

from orderflow.connect.rounds import READ_ANEW_SECONDS, Rounds
from orderflow.connect.states import ConnectorState
from orderflow.connect.treatment import Treatment
from orderflow.connect.undone import Undone


class Binlog:
    def __init__(self) -> None:
        self.undone = Undone()
        self.told: list[list[str]] = []
        self.away = False

    def look(self) -> list[str]:
        if self.away:
            raise pymysql.err.OperationalError(2003, "away")
        return self.told.pop(0) if self.told else []


class Healer:
    def __init__(self) -> None:
        self.running = True
        self.treated: list[tuple[ConnectorState, Treatment]] = []
        self.snapshots: list[float] = []
        self.restarts = 0
        self.now = 0.0

    def look(self, now: float) -> list[tuple[ConnectorState, Treatment]]:
        self.now = now
        return self.treated

    def runs(self, name: str) -> bool:
        return self.running

    def restart(self, name: str) -> None:
        self.restarts += 1

    def read_anew(self, name: str) -> None:
        self.snapshots.append(self.now)


class Flow:
    def __init__(self) -> None:
        self.mute = False

    def stands(self, running: bool, now: float) -> bool:
        return running and self.mute


class World:
    def __init__(self) -> None:
        self.healer, self.binlog, self.flow = Healer(), Binlog(), Flow()
        self.rounds = Rounds(cast(Any, self.healer), cast(Any, self.binlog), cast(Any, self.flow), "orders")

    def make(self, *times: float) -> None:
        for now in times:
            self.rounds.make(now)


@pytest.fixture
def world() -> World:
    return World()


def test_nothing_undone_nothing_done(world: World) -> None:
    world.make(0, 1, 2)
    assert (world.healer.snapshots, world.healer.restarts) == ([], 0)


def test_what_was_undone_is_read_anew_at_once_and_once(world: World) -> None:
    world.binlog.told = [["XA ROLLBACK of 'a'"]]
    world.make(0, 1, 2, 100)
    assert world.healer.snapshots == [0]


def test_many_in_a_row_share_a_snapshot_and_none_is_forgotten(world: World) -> None:
    world.binlog.told = [["a"], ["b"], [], ["c"]]
    world.make(0, 1, 2, 3, READ_ANEW_SECONDS + 1, READ_ANEW_SECONDS + 2)
    assert world.healer.snapshots == [0, READ_ANEW_SECONDS + 1]


def test_a_connector_that_somebody_paused_is_read_anew_when_it_runs_again(world: World) -> None:
    world.binlog.told, world.healer.running = [["a"]], False
    world.make(0, 1)
    assert world.healer.snapshots == []
    world.healer.running = True
    world.make(2)
    assert world.healer.snapshots == [2]


def test_mysql_away_stops_no_round(world: World) -> None:
    world.binlog.away = True
    world.make(0)
    world.binlog.away, world.binlog.told = False, [["a"]]
    world.make(1)
    assert world.healer.snapshots == [1]


def test_a_mute_connector_is_started_again_unless_somebody_holds_it(world: World) -> None:
    world.flow.mute = True
    world.make(0)
    world.healer.running = False
    world.make(1)
    assert world.healer.restarts == 1


def test_what_is_prepared_while_a_connector_is_passed_by_a_snapshot_is_remembered(world: World) -> None:
    seen = []
    world.binlog.undone.read_anew = lambda: seen.append(1)  # type: ignore[method-assign]  # only that it is told
    world.healer.treated = [(ConnectorState("orders", "FAILED"), Treatment.SNAPSHOT)]
    world.make(0)
    assert seen == [1]
