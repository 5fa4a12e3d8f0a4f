from pathlib import Path

import pytest

from flink import build, emptying, postgres_connection, rebuild, states, topics
from flink.build import Build
from flink.folders import Folders
from flink.intent import Intent
from tests.unit.flink.settings import settings
from tests.unit.flink.test_states import saved

FRESH = Build("fresh", "plan", "topic")


class Session:
    def close(self) -> None:
        """Nothing was opened."""


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the steps as they come; each may be made to fail."""
    steps: list[str] = []
    for module, step in (
        (build, "discard_state"),
        (emptying, "empty"),
        (topics, "bury_all"),
        (topics, "forget_groups"),
        (build, "note"),
    ):
        monkeypatch.setattr(module, step, lambda *_, step=step: steps.append(step))
    monkeypatch.setattr(build, "noted", lambda _: "older-build")
    monkeypatch.setattr(postgres_connection, "as_writer", lambda _: Session())
    return steps


def own(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "jars", "jobmanager")


def test_the_build_counts_only_after_everything_else(done: list[str], tmp_path: Path) -> None:
    rebuild.prepare(settings(), own(tmp_path), Intent(FRESH, reason="so"))
    assert done == ["discard_state", "empty", "bury_all", "forget_groups", "note"]


@pytest.mark.parametrize("step", ["empty", "bury_all", "forget_groups"])
def test_a_rebuild_that_ends_half_way_leaves_no_build(
    done: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def break_off(*_: object) -> None:
        raise OSError(step)

    module = emptying if step == "empty" else topics
    monkeypatch.setattr(module, step, break_off)
    with pytest.raises(OSError, match=step):
        rebuild.prepare(settings(), own(tmp_path), Intent(FRESH, reason="so"))
    assert "note" not in done


def test_a_restore_empties_nothing_and_keeps_the_newest_states(done: list[str], tmp_path: Path) -> None:
    place = own(tmp_path)
    kept = [saved(place.checkpoints / f"job-{number}" / "chk-1", number) for number in range(6)][-states.KEPT :]
    rebuild.prepare(settings(), place, Intent(FRESH, kept[-1]))
    assert done == []
    assert sorted(folder.name for folder in place.checkpoints.iterdir()) == [state.parent.name for state in kept]
