import time
from pathlib import Path

import pytest

from flink import attempts, build, intent, plan, postgres_connection, start, topics
from flink.build import Build
from flink.folders import Folders
from flink.intent import Intent
from flink.states import State
from orderflow.core.topics import PROCESSED_ORDERS
from tests.unit.flink.settings import settings
from tests.unit.flink.test_states import saved

FOUND = Build("id", "plan", "topic")
DAY = PROCESSED_ORDERS.compaction_lag_ms / 1000


class Session:
    def close(self) -> None:
        """Nothing was opened."""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Folders with a build that fits PostgreSQL, the topic and the plan."""
    place = Folders(tmp_path, tmp_path / "jars", "jobmanager")
    build.note(place, FOUND)
    monkeypatch.setattr(plan, "fingerprint", lambda *_: FOUND.plan)
    monkeypatch.setattr(topics, "topic_id", lambda *_: FOUND.topic_id)
    monkeypatch.setattr(postgres_connection, "as_writer", lambda _: Session())
    monkeypatch.setattr(build, "recorded", lambda _: FOUND)
    return place


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_the_newest_state_is_restored_with_its_build(own: Folders) -> None:
    newest = saved(own.checkpoints / "job" / "chk-2", time.time())
    saved(own.checkpoints / "job" / "chk-1", time.time() - 5)
    assert start.decide(settings(), own) == Intent(FOUND, newest)


def test_any_number_of_starts_that_come_to_nothing_costs_nothing(own: Folders) -> None:
    newest = saved(own.checkpoints / "job" / "chk-2", time.time())
    for age in range(5, 50, 5):
        saved(own.checkpoints / f"old-{age}" / "chk-1", time.time() - age)
    before = everything(own.state)
    assert {start.decide(settings(), own).state for _ in range(20)} == {newest}
    assert everything(own.state) == before


def test_a_rebuild_is_decided_but_not_begun(own: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(own.checkpoints / "job" / "chk-2", time.time())
    before = everything(own.state)
    monkeypatch.setattr(plan, "fingerprint", lambda *_: "a typo")
    decided = start.decide(settings(), own)
    assert (decided.state, decided.build.plan) == (None, "a typo")
    assert decided.build.build_id != FOUND.build_id
    assert everything(own.state) == before


def test_a_typo_that_is_taken_back_leads_back_to_the_state(own: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = saved(own.checkpoints / "job" / "chk-2", time.time())
    with monkeypatch.context() as typo:
        typo.setattr(plan, "fingerprint", lambda *_: "a typo")
        assert start.decide(settings(), own).state is None
    assert start.decide(settings(), own).state == newest


def test_failed_states_are_left_one_by_one(own: Folders) -> None:
    new, old = (saved(own.checkpoints / name / "chk-1", time.time() - age) for name, age in (("new", 1), ("old", 9)))
    for expected in (new, old):
        assert start.decide(settings(), own).state == expected
        for _ in range(attempts.LIMIT):
            attempts.count(expected, own.state / "attempts.json")
    assert start.decide(settings(), own).reason == "no saved state can be used"


@pytest.mark.parametrize(("age", "young"), [(0, True), (DAY - 60, True), (DAY + 60, False)])
def test_a_state_is_too_old_once_the_topic_may_lack_what_came_after_it(age: float, young: bool) -> None:
    assert start.young(State(Path("/s"), time.time() - age)) is young


def test_the_topic_keeps_every_record_as_long_as_a_state_is_young() -> None:
    assert PROCESSED_ORDERS.config()["min.compaction.lag.ms"] == str(PROCESSED_ORDERS.compaction_lag_ms)
    assert 0 < PROCESSED_ORDERS.compaction_lag_ms <= PROCESSED_ORDERS.tombstone_ms


@pytest.mark.parametrize("wanted", [Intent(FOUND, Path("/s/chk-1")), Intent(FOUND, reason="왜냐하면 'so'")])
def test_the_job_reads_what_the_wrapper_decided(wanted: Intent) -> None:
    assert intent.from_environment(intent.to_environment(wanted)) == wanted


def test_only_a_restore_names_a_state(own: Folders) -> None:
    restored = start.jobmanager_command(own, Intent(FOUND, Path("/s/chk-1")))
    rebuilt = start.jobmanager_command(own, Intent(FOUND, reason="so"))
    assert "-Dexecution.state-recovery.path=file:///s/chk-1" in restored
    assert not [part for part in rebuilt if "state-recovery" in part]
