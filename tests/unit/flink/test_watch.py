from collections.abc import Callable, Iterator

import psycopg2
import pytest
import requests

from flink import topics, watch
from flink.build import Build
from flink.folders import Folders
from flink.rest import FlinkRest
from flink.topics import TopicError
from flink.watch import StaleError
from tests.unit.flink.settings import settings

OURS = Build("id", "plan", "topic")


class Answers(FlinkRest):
    """Answers "RUNNING", or raises the next error, and is gone at the end."""

    def __init__(self, *rounds: Exception | None) -> None:
        super().__init__("nowhere", 0)
        self._rounds: Iterator[Exception | None] = iter([*rounds, requests.ConnectionError()])

    def job_state(self, job: str) -> str:
        problem = next(self._rounds)
        if problem:
            raise problem
        return "RUNNING"


def says(*answers: str | None) -> Callable[[], str | None]:
    left = iter(answers)
    return lambda: next(left)


def test_the_watch_ends_with_its_jobmanager() -> None:
    watch.watch(Answers(None, None), "job", says(None, None), lambda _: None)


def test_what_changed_ends_the_job() -> None:
    with pytest.raises(StaleError, match="made anew"):
        watch.watch(Answers(None, requests.Timeout(), None), "job", says(None, "made anew"), lambda _: None)


@pytest.mark.parametrize("problem", [TopicError("no broker"), psycopg2.OperationalError("no server")])
def test_an_outage_is_no_change(problem: Exception, monkeypatch: pytest.MonkeyPatch, own_folders: Folders) -> None:
    def ask(*_: object) -> str:
        raise problem

    monkeypatch.setattr(topics, "topic_id", ask)
    assert watch.changed(settings(), own_folders, OURS) is None


def test_a_topic_made_anew_is_a_change(monkeypatch: pytest.MonkeyPatch, own_folders: Folders) -> None:
    monkeypatch.setattr(topics, "topic_id", lambda *_: "another")
    assert watch.changed(settings(), own_folders, OURS) == "processed-orders was made anew"
