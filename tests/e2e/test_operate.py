"""What an operator does to a running stack, and what any user of the machine may see of it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions

from orderflow import connections
from orderflow.core.topics import PARTITIONS, PROCESSED_ORDERS
from orderflow.stack import control, orphans, supervisor, topics
from orderflow.stack.place import Place, place
from tests.line import Line, wait_for
from tests.stack_fixture import UP_SECONDS, orderflow

LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
"""127.0.0.1, ::1 and 127.0.0.1 mapped, as /proc/net writes them."""

LISTEN = "0A"


def pids(stack: Place) -> dict[str, int]:
    return {name: int(record["pid"]) for name, record in supervisor.processes(stack).items()}


def build(line: Line) -> str:
    ((found,),) = line.tables("SELECT build_id::text FROM builds")
    return str(found)


@pytest.fixture
def changed(stack: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings may be changed; afterwards the stack runs with the old ones again."""
    with monkeypatch.context() as settings:
        yield settings
    orderflow("up", seconds=UP_SECONDS)


def test_each_process_sees_its_own_secrets_only(stack: Place) -> None:
    secrets = {name: value for name, value in stack.environ.items() if name.endswith("_PASSWORD")}
    seen: dict[str, set[str]] = {}
    for pid, service in orphans.marked(stack).items():
        text = b"".join(Path(f"/proc/{pid}/{file}").read_bytes() for file in ("environ", "cmdline")).decode()
        seen.setdefault(service, set()).update(name for name, value in secrets.items() if value in text)
    assert {service: names for service, names in seen.items() if names} == {
        "connect": {"CDC_PASSWORD"},
        "healer": {"CDC_PASSWORD"},
        "flink-jobmanager": {"POSTGRES_WRITER_PASSWORD"},
    }


def test_nothing_listens_off_loopback(stack: Place) -> None:
    ours = {inode for pid in orphans.marked(stack) for inode in sockets(pid)}
    listening = [row for row in network_table() if row[3] == LISTEN and row[9] in ours]
    assert len(listening) >= 8  # MySQL, PostgreSQL, Kafka's two, Connect, Flink's
    assert [row[1] for row in listening if row[1].partition(":")[0] not in LOOPBACK] == []


def sockets(pid: int) -> Iterator[str]:
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(link.readlink()).removeprefix("socket:[").removesuffix("]")
        except OSError:
            continue  # closed while we looked


def network_table() -> list[list[str]]:
    tables = [Path("/proc/net") / name for name in ("tcp", "tcp6")]
    return [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]


def test_nobody_else_reads_the_data(stack: Place) -> None:
    for entry in (stack.state / "data").iterdir():
        assert entry.stat().st_mode & 0o077 == 0, entry
    for name in ("conf", "logs", "flink", "streams", "run"):
        assert (stack.state / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.timeout(600)
def test_a_second_up_changes_nothing(stack: Place) -> None:
    before = pids(stack)
    orderflow("up", seconds=UP_SECONDS)
    orderflow("up", "--only", "kafka, mysql", seconds=UP_SECONDS)
    assert pids(stack) == before


@pytest.mark.timeout(600)
def test_a_changed_setting_restarts_its_readers_only(stack: Place, line: Line, changed: pytest.MonkeyPatch) -> None:
    before = pids(stack)
    changed.setenv("APP_PASSWORD", "another'one\\")
    changed.setenv("WAIT_TICKS", "6")
    orderflow("up", seconds=UP_SECONDS)
    after = pids(stack)
    assert {name for name in before if after[name] != before[name]} == {"streams-1", "streams-2"}
    with closing(connections.mysql(place().settings)):
        pass  # the new password lets in


@pytest.mark.timeout(600)
def test_a_service_that_waits_for_its_next_try_is_woken(stack: Place, line: Line) -> None:
    control.stop(stack, "postgres")
    there, away = stack.data("postgres") / "global", stack.data("postgres") / "global.away"
    there.rename(away)
    try:
        supervisor.calls(stack).startProcess("postgres", False)
        wait_for("BACKOFF", lambda: supervisor.processes(stack)["postgres"]["statename"] == "BACKOFF")
    finally:
        away.rename(there)
    orderflow("up", "--only", "postgres", seconds=60)
    line.assert_equal()


@pytest.mark.timeout(600)
def test_one_service_is_restarted_and_the_others_are_left_alone(stack: Place) -> None:
    before = pids(stack)
    assert "healer is ready" in orderflow("restart", "healer", seconds=120)
    after = pids(stack)
    assert {name for name in before if after[name] != before[name]} == {"healer"}


@pytest.mark.timeout(900)
def test_down_and_up_restores_the_build_and_another_plan_makes_another(
    stack: Place, line: Line, changed: pytest.MonkeyPatch
) -> None:
    before = build(line)
    orderflow("down", seconds=UP_SECONDS)
    orderflow("up", seconds=UP_SECONDS)
    assert build(line) == before
    line.assert_equal()
    changed.setenv("BUSINESS_TIME_ZONE", "America/Argentina/Ushuaia")
    orderflow("up", seconds=UP_SECONDS)
    assert build(line) != before
    Line(place().settings).assert_equal()


@pytest.mark.timeout(900)
def test_an_added_partition_is_mended_and_nothing_is_lost(stack: Place, line: Line) -> None:
    admin = AdminClient({"bootstrap.servers": stack.settings.bootstrap_servers})
    for done in admin.create_partitions([NewPartitions(PROCESSED_ORDERS.name, PARTITIONS * 2)]).values():
        done.result(30)
    with pytest.raises(AssertionError, match=f"orderflow topics remake {PROCESSED_ORDERS.name}"):
        orderflow("up", seconds=UP_SECONDS)
    orderflow("topics", "remake", PROCESSED_ORDERS.name, seconds=UP_SECONDS)
    orderflow("up", seconds=UP_SECONDS)
    with closing(connections.kafka_admin(stack.settings)) as kafka:
        assert topics.partitions(kafka)[PROCESSED_ORDERS.name] == PARTITIONS
    line.assert_equal()
