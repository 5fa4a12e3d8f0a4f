import time
from threading import Event, Thread
from typing import Any

import pytest

from orderflow.connect import healer
from orderflow.connect.backoff import FIRST_SECONDS, Backoff
from orderflow.connect.rest import Rest
from tests.component.connect.stub import Stub

RESTART = "POST /connectors/orders/restart?includeTasks=true&onlyFailed=true"
STATUS = "GET /connectors/orders/status"


def status(task: str) -> tuple[int, Any]:
    tasks = [{"id": 0, "state": task, "trace": "x.Y: away" if task == "FAILED" else ""}]
    return 200, {"name": "orders", "connector": {"state": "RUNNING"}, "tasks": tasks, "type": "source"}


@pytest.fixture
def failed(stub: Stub) -> Stub:
    stub.on("GET /connectors", (200, ["orders"]))
    stub.on(STATUS, status("FAILED"))
    stub.on(RESTART, (202, {}))
    return stub


def test_a_failed_task_is_started_again_with_growing_pauses(failed: Stub) -> None:
    rest, backoff = Rest(failed.url), Backoff()
    assert [seen.name for seen in healer.heal(rest, backoff, 0)] == ["orders"]
    assert healer.heal(rest, backoff, FIRST_SECONDS - 1) == []
    assert len(healer.heal(rest, backoff, FIRST_SECONDS)) == 1
    assert failed.called(RESTART) == 2


def test_what_runs_or_was_paused_by_a_person_is_left_alone(failed: Stub) -> None:
    for state in ("RUNNING", "PAUSED", "STOPPED"):
        failed.on(STATUS, status(state))
        assert healer.heal(Rest(failed.url), Backoff(), 0) == []
    assert failed.called(RESTART) == 0


def test_it_outlives_an_outage_of_connect(failed: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healer, "LOOK_SECONDS", 0.02)
    failed.on("GET /connectors", (500, {"message": "broken"}), (500, {"message": "broken"}), (200, ["orders"]))
    ended = Event()
    watcher = Thread(target=healer.watch, args=(Rest(failed.url, patience=0.1), ended), daemon=True)
    watcher.start()
    deadline = time.monotonic() + 10
    while not failed.called(RESTART):
        assert time.monotonic() < deadline, "the healer did not start the failed connector again"
        time.sleep(0.01)
    ended.set()
    watcher.join(5)
    assert not watcher.is_alive()
