from typing import Any

import pytest

from orderflow.connect.apply import apply, wait_until_running
from orderflow.connect.definitions import Definition
from orderflow.connect.errors import ConnectError
from orderflow.connect.rest import Rest
from tests.component.connect.stub import Stub

VALIDATE = "PUT /connector-plugins/a.B/config/validate"
CONFIG = "/connectors/orders/config"
STATUS = "GET /connectors/orders/status"
RESTART = "POST /connectors/orders/restart?includeTasks=true&onlyFailed=true"
WANTED = Definition("orders", {"connector.class": "a.B", "poll.interval.ms": "10"})


def status(task: str, trace: str = "") -> tuple[int, Any]:
    tasks = [{"id": 0, "state": task, "trace": trace}]
    return 200, {"name": "orders", "connector": {"state": "RUNNING"}, "tasks": tasks, "type": "source"}


@pytest.fixture
def valid(stub: Stub) -> Stub:
    stub.on(VALIDATE, (200, {"configs": []}))
    stub.on(f"PUT {CONFIG}", (201, {}))
    stub.on(STATUS, status("UNASSIGNED"), status("RUNNING"))
    return stub


def test_a_new_connector_is_put_and_awaited(valid: Stub) -> None:
    said: list[str] = []
    apply(Rest(valid.url), WANTED, said.append)
    assert (f"PUT {CONFIG}", dict(WANTED.config)) in valid.calls
    assert said == ["orders: create", "orders: every task runs"]


def test_one_that_is_as_its_file_says_is_left_alone(valid: Stub) -> None:
    valid.on(f"GET {CONFIG}", (200, {**WANTED.config, "name": "orders"}))
    apply(Rest(valid.url), WANTED, print)
    assert valid.called(f"PUT {CONFIG}") == 0


def test_a_change_is_shown_before_it_is_made(valid: Stub) -> None:
    valid.on(f"GET {CONFIG}", (200, {**WANTED.config, "poll.interval.ms": "500", "name": "orders"}))
    said: list[str] = []
    apply(Rest(valid.url), WANTED, said.append)
    assert said[:2] == ["orders: update", "  ~ poll.interval.ms: 500 -> 10"]
    assert valid.called(f"PUT {CONFIG}") == 1


def test_an_invalid_configuration_is_not_put(valid: Stub) -> None:
    valid.on(VALIDATE, (200, {"configs": [{"value": {"name": "database.user", "errors": ["Access denied for x"]}}]}))
    with pytest.raises(
        ConnectError, match=r"orders is not valid: database\.user: Access denied .*CDC_PASSWORD in \.env"
    ):
        apply(Rest(valid.url), WANTED, print)
    assert valid.called(f"PUT {CONFIG}") == 0


def test_a_failed_task_is_started_again_once(valid: Stub) -> None:
    valid.on(RESTART, (202, {}))
    valid.on(STATUS, status("FAILED", "x.Y: MySQL was slow"), status("RUNNING"))
    wait_until_running(Rest(valid.url), "orders", 10)
    assert valid.called(RESTART) == 1


def test_one_that_fails_again_is_told_with_its_cause(valid: Stub) -> None:
    valid.on(RESTART, (204, ""))
    valid.on(STATUS, status("FAILED", "x.Y: top\nCaused by: java.sql.SQLException: Access denied for user 'cdc'"))
    with pytest.raises(ConnectError, match=r"tasks: FAILED: java.sql.SQLException: Access denied .*CDC_PASSWORD"):
        wait_until_running(Rest(valid.url), "orders", 10, second_chance=0.2)
    assert valid.called(RESTART) == 1


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED"])
def test_one_that_somebody_paused_or_stopped_is_resumed_and_told(valid: Stub, state: str) -> None:
    held = {"name": "orders", "connector": {"state": state}, "tasks": [], "type": "source"}
    valid.on(f"GET {CONFIG}", (200, {**WANTED.config, "name": "orders"}))
    valid.on(STATUS, (200, held), (200, held), status("RUNNING"))
    valid.on("PUT /connectors/orders/resume", (202, ""))
    said: list[str] = []
    apply(Rest(valid.url), WANTED, said.append)
    assert valid.called("PUT /connectors/orders/resume") == 1
    assert any(state in line and "resumed" in line for line in said)


def test_waiting_ends_with_what_was_awaited(valid: Stub) -> None:
    valid.on(STATUS, status("PAUSED"))
    with pytest.raises(ConnectError, match="until orders runs: orders is RUNNING, tasks: PAUSED"):
        wait_until_running(Rest(valid.url), "orders", 0.5)
