import time
from threading import Event, Thread
from typing import Any

import pytest

from orderflow.connect import healer
from orderflow.connect.backoff import FIRST_SECONDS
from orderflow.connect.definitions import Definition
from orderflow.connect.errors import ConnectError
from orderflow.connect.healing import PROVEN_SECONDS, Healer
from orderflow.connect.rest import Rest
from orderflow.connect.snapshot import begin
from orderflow.connect.treatment import PARSER, Treatment
from tests.component.connect.stub import Stub

RESTART = "POST /connectors/orders/restart?includeTasks=true&onlyFailed=true"
STATUS = "GET /connectors/orders/status"
CONFIG = "/connectors/orders/config"
STOP = "PUT /connectors/orders/stop"
FORGET = "DELETE /connectors/orders/offsets"
RESUME = "PUT /connectors/orders/resume"
WANTED = Definition("orders", {"connector.class": "a.B", PARSER: "default"})
LEGACY = {**WANTED.config, PARSER: "legacy"}
UNPARSED = "Caused by: x.ParsingException: DDL statement couldn't be parsed: 'ALTER TABLE orders ADD url TEXT'"
HALF_A_ROW = "Caused by: x.DebeziumException: internal schema size 12, but row size 2"


def status(task: str, trace: str = "x.Y: away", name: str = "orders") -> tuple[int, Any]:
    tasks = [{"id": 0, "state": task, "trace": trace if task == "FAILED" else ""}]
    return 200, {"name": name, "connector": {"state": "RUNNING"}, "tasks": tasks, "type": "source"}


def held(state: str, *tasks: str) -> tuple[int, Any]:
    listed = [{"id": 0, "state": task} for task in tasks]
    return 200, {"name": "orders", "connector": {"state": state}, "tasks": listed, "type": "source"}


@pytest.fixture
def failed(stub: Stub) -> Stub:
    stub.on("GET /connectors", (200, ["orders"]))
    stub.on(STATUS, status("FAILED"))
    stub.on(f"GET {CONFIG}", (200, {**WANTED.config, "name": "orders"}))
    stub.on(f"PUT {CONFIG}", (200, {}))
    for call in (RESTART, STOP, RESUME):
        stub.on(call, (202, ""))
    stub.on(FORGET, (200, {"message": "forgotten"}))
    return stub


def healer_of(stub: Stub) -> Healer:
    return Healer(Rest(stub.url, patience=1), {"orders": WANTED})


def treatments(healer: Healer, now: float) -> list[Treatment]:
    return [treated for _, treated in healer.look(now)]


def test_a_failed_task_is_started_again_with_growing_pauses(failed: Stub) -> None:
    looking = healer_of(failed)
    assert treatments(looking, 0) == [Treatment.RESTART]
    assert treatments(looking, FIRST_SECONDS - 1) == []
    assert treatments(looking, FIRST_SECONDS) == [Treatment.RESTART]
    assert failed.called(RESTART) == 2


def test_what_runs_or_was_paused_by_a_person_is_left_alone(failed: Stub) -> None:
    for state in (status("RUNNING"), held("PAUSED", "PAUSED"), held("STOPPED")):
        failed.on(STATUS, state)
        assert treatments(healer_of(failed), 0) == []
    assert failed.called(RESTART) == 0


def test_one_that_answers_oddly_does_not_hide_the_others(failed: Stub) -> None:
    failed.on("GET /connectors", (200, ["odd", "orders"]))
    failed.on("GET /connectors/odd/status", (500, {"message": "NullPointerException"}))
    assert treatments(healer_of(failed), 0) == [Treatment.RESTART]


def test_a_stranger_is_only_started_again(failed: Stub) -> None:
    failed.on("GET /connectors", (200, ["stranger"]))
    failed.on("GET /connectors/stranger/status", status("FAILED", HALF_A_ROW, "stranger"))
    failed.on("POST /connectors/stranger/restart?includeTasks=true&onlyFailed=true", (202, ""))
    assert treatments(healer_of(failed), 0) == [Treatment.RESTART]


def test_an_unparsed_statement_goes_to_the_other_grammar_and_back(failed: Stub) -> None:
    failed.on(STATUS, status("FAILED", UNPARSED))
    looking = healer_of(failed)
    assert treatments(looking, 0) == [Treatment.OTHER_PARSER]
    assert failed.calls[-1] == (f"PUT {CONFIG}", LEGACY)
    failed.on(STATUS, status("RUNNING"))
    looking.look(PROVEN_SECONDS - 1)
    assert failed.called(f"PUT {CONFIG}") == 1
    looking.look(PROVEN_SECONDS)
    looking.look(PROVEN_SECONDS + 1)
    assert failed.calls.count((f"PUT {CONFIG}", dict(WANTED.config))) == 1


def test_a_healer_that_was_restarted_goes_back_all_the_same(failed: Stub) -> None:
    failed.on(STATUS, status("RUNNING"))
    failed.on(f"GET {CONFIG}", (200, LEGACY))
    looking = healer_of(failed)
    looking.look(0)
    looking.look(PROVEN_SECONDS)
    assert failed.calls.count((f"PUT {CONFIG}", dict(WANTED.config))) == 1


@pytest.mark.parametrize(("trace", "config"), [(HALF_A_ROW, dict(WANTED.config)), (UNPARSED, LEGACY)])
def test_what_no_grammar_takes_is_passed_by_a_snapshot(failed: Stub, trace: str, config: dict[str, str]) -> None:
    failed.on(f"GET {CONFIG}", (200, config))
    failed.on(STATUS, status("FAILED", trace), held("STOPPED"))
    assert treatments(healer_of(failed), 0) == [Treatment.SNAPSHOT]
    made = [call for call, _ in failed.calls if not call.startswith("GET")]
    assert made == [f"PUT {CONFIG}", STOP, FORGET, RESUME]
    assert (f"PUT {CONFIG}", dict(WANTED.config)) in failed.calls


def test_a_connector_whose_offsets_stay_is_resumed_all_the_same(failed: Stub) -> None:
    failed.on(STATUS, held("STOPPED"))
    failed.on(FORGET, (400, {"message": "zombie"}))
    with pytest.raises(ConnectError, match="zombie"):
        begin(Rest(failed.url, patience=0.1), "orders", print, seconds=0.3)
    assert failed.called(RESUME) == 1


def test_it_outlives_an_outage_of_connect(failed: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healer, "LOOK_SECONDS", 0.02)
    failed.on("GET /connectors", (500, {"message": "broken"}), (500, {"message": "broken"}), (200, ["orders"]))
    ended = Event()
    watcher = Thread(target=healer.watch, args=(healer_of(failed).look, ended), daemon=True)
    watcher.start()
    deadline = time.monotonic() + 10
    while not failed.called(RESTART):
        assert time.monotonic() < deadline, "the healer did not start the failed connector again"
        time.sleep(0.01)
    ended.set()
    watcher.join(5)
    assert not watcher.is_alive()
