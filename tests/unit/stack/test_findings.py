"""What states, members and dead letters mean."""

import subprocess
import sys
from collections import Counter

import pytest

from orderflow.cli.connectors import findings
from orderflow.connect import ConnectorState, Task
from orderflow.stack import frozen, letters, members
from tests.line import wait_for

URL = "http://127.0.0.1:8083"
AT = f"{URL}/connectors/source"


def connector(state: str, *tasks: str, trace: str = "") -> ConnectorState:
    return ConnectorState("source", state, "", tuple(Task(nth, task, trace) for nth, task in enumerate(tasks)))


@pytest.mark.parametrize(
    ("seen", "says", "remedy"),
    [
        (connector("PAUSED", "PAUSED"), "PAUSED: somebody paused it", f"curl -X PUT {AT}/resume"),
        (connector("STOPPED"), "STOPPED: somebody stopped it", f"curl -X PUT {AT}/resume"),
        (connector("MISSING"), "MISSING", "`orderflow up` applies source.json"),
        (connector("RUNNING"), "RUNNING, tasks none", f"curl -X POST '{AT}/restart?includeTasks=true'"),
        (connector("UNASSIGNED"), "UNASSIGNED", f"curl -X POST '{AT}/restart?includeTasks=true'"),
    ],
)
def test_a_connector_that_does_not_run_has_the_remedy_of_its_state(
    seen: ConnectorState, says: str, remedy: str
) -> None:
    (found,) = findings([seen], URL)
    assert not found.well
    assert found.part == "connector source"
    assert found.says.startswith(says)
    assert remedy in found.remedy


def test_a_failed_connector_shows_its_root_cause_and_the_hint() -> None:
    trace = (
        "org.apache.kafka.connect.errors.ConnectException: An exception occurred in the change event producer.\n"
        "Caused by: io.debezium.DebeziumException: binlog.7 is no longer available on the server"
    )
    (found,) = findings([connector("RUNNING", "FAILED", trace=trace)], URL)
    assert "no longer available on the server (MySQL dropped that binlog" in found.says
    assert "change event producer" not in found.says


def test_a_connector_that_runs_is_well() -> None:
    (found,) = findings([connector("RUNNING", "RUNNING")], URL)
    assert found.well
    assert not found.remedy


def test_a_stranger_among_the_workers_is_named() -> None:
    found = members.workers_finding("workers", 2, [("faust-0.15.3", "127.0.0.1"), ("debug", "10.0.0.7")])
    assert not found.well
    assert "client debug on 10.0.0.7" in found.says
    assert members.workers_finding("workers", 2, [("faust-0.15.3", "127.0.0.1")]).well
    assert not members.workers_finding("workers", 2, []).well


def test_anybody_in_a_group_of_flinks_is_a_stranger() -> None:
    assert list(members.flink_finding("flink", [])) == []
    (found,) = members.flink_finding("flink", [("rdkafka", "127.0.0.1")])
    assert not found.well
    assert "client rdkafka on 127.0.0.1" in found.says


def test_dead_letters_are_told_and_stop_nobody() -> None:
    found = letters.finding(Counter(nul_in_text=1, unknown_status=2))
    assert found.well
    assert found.says == "3 in the last hour: 2 unknown_status, 1 nul_in_text"
    assert found.remedy
    assert not letters.finding(Counter()).remedy


def test_a_stopped_process_is_seen_also_as_a_child() -> None:
    shell = subprocess.Popen(["sh", "-c", f"{sys.executable} -c 'import time; time.sleep(60)' & wait"])
    try:
        child = wait_for("the child", lambda: frozen.children(shell.pid))[0]
        assert frozen.frozen(shell.pid) == []
        subprocess.run(["kill", "-STOP", str(child)], check=True)
        wait_for("the child stopped", lambda: frozen.frozen(shell.pid) == [child])
    finally:
        subprocess.run(["kill", "-9", str(child)], check=False)
        shell.kill()
        shell.wait()
