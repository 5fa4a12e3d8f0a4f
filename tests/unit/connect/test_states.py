from dataclasses import replace
from typing import Any

from orderflow.connect.states import explain, missing, parse, root_cause

TRACE = """\
org.apache.kafka.connect.errors.ConnectException: Unable to connect
\tat io.debezium.connector.mysql.MySqlConnectorTask.start(MySqlConnectorTask.java:1)
Caused by: io.debezium.DebeziumException: java.sql.SQLException
\tat io.debezium.Y.b(Y.java:3)
\t... 12 more
Caused by: java.sql.SQLException: Access denied for user 'cdc'@'localhost' (using password: YES)
\tat com.mysql.Z.c(Z.java:4)
"""


def answer(connector: str, *tasks: str, kind: str = "source") -> dict[str, Any]:
    listed = [{"id": i, "state": s, **({"trace": TRACE} if s == "FAILED" else {})} for i, s in enumerate(tasks)]
    return {"name": "orders", "connector": {"state": connector, "worker_id": "w"}, "tasks": listed, "type": kind}


def test_the_root_cause_is_the_last_one() -> None:
    assert root_cause(TRACE) == "java.sql.SQLException: Access denied for user 'cdc'@'localhost' (using password: YES)"


def test_a_trace_without_causes_gives_its_first_line() -> None:
    assert root_cause("\njava.lang.OutOfMemoryError: Java heap space\n\tat A.b(A.java:1)") == (
        "java.lang.OutOfMemoryError: Java heap space"
    )
    assert root_cause("") == ""


def test_a_cause_that_is_only_a_class_says_less_than_the_one_before_it() -> None:
    trace = "x.Wrapper\nCaused by: x.ParsingException: couldn't be parsed 'url'\nCaused by: org.antlr.InputMismatch\n"
    assert root_cause(trace) == "x.ParsingException: couldn't be parsed 'url'"
    assert "orderflow snapshot" in explain(trace)


def test_a_known_cause_comes_with_what_to_do() -> None:
    assert "CDC_PASSWORD in .env" in explain(TRACE)
    assert explain("java.lang.Strange: never seen") == "java.lang.Strange: never seen"


def test_it_runs_only_when_every_task_runs() -> None:
    assert parse(answer("RUNNING", "RUNNING", "RUNNING")).running
    assert not parse(answer("RUNNING", "RUNNING", "FAILED")).running
    assert not parse(answer("RUNNING")).running
    assert not parse(answer("PAUSED", "PAUSED")).running


def test_a_failed_task_shows_its_cause() -> None:
    seen = parse(answer("RUNNING", "RUNNING", "FAILED"))
    assert seen.failed
    assert seen.summary == "orders is RUNNING, tasks: RUNNING, FAILED"
    assert seen.cause.startswith("java.sql.SQLException: Access denied")


def test_a_failure_says_where_in_the_binlog_it_stands() -> None:
    assert "behind binlog.000003:41605" in replace(parse(answer("RUNNING", "FAILED")), at="binlog.000003:41605").cause
    assert replace(parse(answer("RUNNING", "RUNNING")), at="binlog.000003:41605").cause == ""


def test_states_a_new_worker_only_repeats_do_not_count_as_running() -> None:
    assert not parse(answer("RUNNING", "RUNNING", kind="unknown")).running


def test_one_that_somebody_paused_or_stopped_is_held() -> None:
    assert parse(answer("PAUSED", "PAUSED")).held
    assert parse(answer("STOPPED")).held
    assert not parse(answer("RUNNING", "FAILED")).held


def test_a_connector_connect_does_not_know_is_missing() -> None:
    seen = missing("orders")
    assert (seen.running, seen.failed, seen.cause) == (False, False, "")
    assert seen.summary == "orders is MISSING, tasks: none"
