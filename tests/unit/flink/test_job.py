from pathlib import Path
from typing import Any

import pytest
from py4j.protocol import Py4JNetworkError  # type: ignore[import-untyped]  # py4j ships no types
from pyflink.util.exceptions import JavaException  # type: ignore[import-untyped]  # pyflink ships no types

from flink import attempts, build, job, restore
from flink.build import Build
from flink.folders import Folders
from flink.intent import Intent
from flink.rest import FlinkRest
from flink.restore import RestoreError
from flink.states import State
from tests.unit.flink.settings import settings

BUILD = Build("id", "plan", "topic")


class Statements:
    """A planned job whose submission raises `problem`, if any."""

    def __init__(self, problem: Exception | None) -> None:
        self._problem = problem

    def execute(self) -> Any:
        if self._problem:
            raise self._problem
        return self

    def get_job_client(self) -> Any:
        return self

    def get_job_id(self) -> str:
        return "job"


def failures(own: Folders, problem: Exception, state: Path | None) -> int:
    """Start LIMIT times, each ending with `problem`; return how many states were given up."""
    for _ in range(attempts.LIMIT):
        with pytest.raises(type(problem)):
            job.started(Statements(problem), FlinkRest("nowhere", 0), own, Intent(BUILD, state))
    return len(attempts.spent([State(own.state, 0)], own.state / "attempts.json"))


@pytest.mark.parametrize("problem", [JavaException("cannot map"), RestoreError("cannot be read")])
def test_what_a_living_job_says_counts_against_its_state(own_folders: Folders, problem: Exception) -> None:
    assert failures(own_folders, problem, own_folders.state) == 1


def test_a_killed_jobmanager_proves_nothing(own_folders: Folders) -> None:
    assert failures(own_folders, Py4JNetworkError("no answer from the Java side"), own_folders.state) == 0


def test_a_rebuilt_job_has_no_state_to_count(own_folders: Folders) -> None:
    assert failures(own_folders, JavaException("no"), None) == 0


def test_a_job_that_saved_a_state_is_watched_on(own_folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore, "see_through", lambda *_: None)
    assert job.started(Statements(None), FlinkRest("nowhere", 0), own_folders, Intent(BUILD)) == "job"


@pytest.mark.parametrize(
    ("state", "reason", "noted", "planned"),
    [
        (None, "the job changed", "an older build", 1),
        (None, build.NEVER_BUILT, "an older build", 1),  # a rebuild was asked for
        (None, build.NEVER_BUILT, None, 0),  # the first start: nothing can be lost
        (Path("/s/chk-1"), "", "this build", 0),
    ],
)
def test_what_is_emptied_was_planned_before(  # a row of the table above
    monkeypatch: pytest.MonkeyPatch,
    own_folders: Folders,
    state: Path | None,
    reason: str,
    noted: str | None,
    planned: int,
) -> None:
    explained: list[str] = []

    class Planned(Statements):
        def explain(self) -> None:
            explained.append("planned")

    monkeypatch.setattr(job, "environment", lambda: None)
    monkeypatch.setattr(job, "statement_set", lambda *_: Planned(None))
    monkeypatch.setattr(build, "noted", lambda _: noted)
    job.planned(settings(), own_folders, Intent(BUILD, state, reason))
    assert len(explained) == planned
