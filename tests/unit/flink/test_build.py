from pathlib import Path

import pytest

from flink import build
from flink.build import Build
from flink.folders import Folders

FOUND = Build("id", "plan", "topic")


@pytest.fixture
def own(tmp_path: Path) -> Folders:
    place = Folders(tmp_path, tmp_path / "jars", "jobmanager")
    build.note(place, FOUND)
    return place


def test_state_of_the_same_build_plan_and_topic_fits(own: Folders) -> None:
    assert build.mismatch(own, FOUND, "plan", "topic") is None


@pytest.mark.parametrize(
    ("found", "plan", "topic", "reason"),
    [
        (None, "plan", "topic", "never built"),
        (FOUND, "changed", "topic", "the job, its versions or the schema changed"),
        (FOUND, "plan", "another", "made anew"),
        (Build("other", "plan", "topic"), "plan", "topic", "other tables"),
    ],
)
def test_state_that_fits_something_else_is_refused(
    own: Folders, found: Build | None, plan: str, topic: str, reason: str
) -> None:
    assert reason in (build.mismatch(own, found, plan, topic) or "")


def test_discarded_state_does_not_come_back(own: Folders) -> None:
    (own.checkpoints / "job" / "chk-1").mkdir(parents=True)
    own.savepoints.mkdir()
    build.discard_state(own)
    assert list(own.checkpoints.iterdir()) == []
    assert "other tables" in (build.mismatch(own, FOUND, "plan", "topic") or "")
