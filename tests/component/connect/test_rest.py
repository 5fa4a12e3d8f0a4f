import socket

import pytest

from orderflow.connect.errors import ConnectError
from orderflow.connect.rest import Rest
from tests.component.connect.stub import Stub

CONFIG = "GET /connectors/orders/config"
REBALANCE = (409, {"error_code": 409, "message": "Cannot complete request because of a rebalance"})


def test_a_rebalance_is_waited_out(stub: Stub) -> None:
    stub.on(CONFIG, REBALANCE, REBALANCE, (200, {"a": "b"}))
    assert Rest(stub.url, patience=5).config("orders") == {"a": "b"}
    assert stub.called(CONFIG) == 3


def test_a_rebalance_without_end_is_given_up_with_connects_words(stub: Stub) -> None:
    stub.on(CONFIG, REBALANCE)
    with pytest.raises(ConnectError, match=r"waited .* because of a rebalance"):
        Rest(stub.url, patience=0.5).config("orders")


def test_a_connector_that_is_not_there_has_no_configuration(stub: Stub) -> None:
    assert Rest(stub.url).config("orders") is None
    assert Rest(stub.url).state("orders").state == "MISSING"
    assert stub.called(CONFIG) == 1


def test_a_worker_that_starts_has_lost_no_connector(stub: Stub) -> None:
    """Its web server is up before Kafka Connect's own pages are."""
    stub.on(CONFIG, (404, "<html>Not Found</html>"), (200, {"a": "b"}))
    assert Rest(stub.url, patience=5).config("orders") == {"a": "b"}


def test_an_error_of_connects_own_is_told_at_once(stub: Stub) -> None:
    stub.on("PUT /connectors/orders/config", (500, {"error_code": 500, "message": "Failed to find any class"}))
    with pytest.raises(ConnectError, match=r"refused PUT .*: Failed to find any class"):
        Rest(stub.url).put("orders", {"connector.class": "Nothing"})
    assert stub.called("PUT /connectors/orders/config") == 1


def test_a_worker_that_timed_out_is_asked_again(stub: Stub) -> None:
    stub.on(CONFIG, (500, {"error_code": 500, "message": "Request timed out"}), (200, {}))
    assert Rest(stub.url, patience=5).config("orders") == {}


def test_a_silent_worker_is_given_up(stub: Stub) -> None:
    stub.on(CONFIG, None)
    with pytest.raises(ConnectError, match=r"does not answer \(ReadTimeout\)"):
        Rest(stub.url, patience=2, answer_seconds=0.2).config("orders")
    assert stub.called(CONFIG) >= 2


def test_a_port_nobody_listens_on_is_given_up() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConnectError, match="see `orderflow logs connect`"):
            Rest(url, patience=0.5).names()


def test_another_server_on_the_port_is_named(stub: Stub) -> None:
    stub.on("GET /connectors", (200, "<html>hello</html>"))
    with pytest.raises(ConnectError, match="is this Kafka Connect"):
        Rest(stub.url).names()


def test_what_connect_finds_wrong_is_listed_by_setting(stub: Stub) -> None:
    found = [
        {"value": {"name": "database.hostname", "errors": ["Unable to connect", "Unable to connect"]}},
        {"value": {"name": "tasks.max", "errors": []}},
        {"value": None},
    ]
    stub.on("PUT /connector-plugins/a.B/config/validate", (200, {"configs": found}))
    problems = Rest(stub.url).problems("orders", {"connector.class": "a.B"})
    assert problems == ["database.hostname: Unable to connect"]
    assert stub.calls[0][1] == {"connector.class": "a.B", "name": "orders"}
