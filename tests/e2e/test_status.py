"""Each part that freezes, is stopped or locked is the red one within a minute, and its remedy makes it green again."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pymysql
import pytest
import requests

from orderflow.environment import ROOT
from orderflow.stack import control, frozen, mysql, supervisor
from orderflow.stack.place import Place
from tests.line import ORDERFLOW, Line, wait_for

CONNECTOR = "mysql-source-connector"
RED_SECONDS = 60
GREEN_SECONDS = 120

Findings = dict[str, dict[str, Any]]
Fault = Callable[[Place], AbstractContextManager[None]]


def look() -> Findings:
    """Return what `status --json` finds, by part; its exit code says the same."""
    done = subprocess.run([ORDERFLOW, "status", "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert (done.returncode == 0) is report["well"]
    return {finding["part"]: finding for finding in report["findings"]}


def red(found: Findings) -> dict[str, str]:
    return {part: finding["says"] for part, finding in found.items() if not finding["well"]}


def well() -> bool:
    found = red(look())
    print("red:", found or "nothing")
    return not found


@pytest.fixture(scope="module")
def shop(line: Line) -> Iterator[None]:
    """Orders that flow all the while: a stage that holds nothing up is not found to stand."""
    command = [str(ORDERFLOW), "load", "--rate", "10", "--seconds", "3600"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for("a stack that is well", well, GREEN_SECONDS)
        yield
    finally:
        running.terminate()  # a background shell ignores SIGINT for its children
        running.wait(60)


@contextmanager
def scheduler_off(stack: Place) -> Iterator[None]:
    password = stack.settings.mysql_root_password
    session = pymysql.connect(unix_socket=str(mysql.socket(stack)), user="root", password=password)
    with closing(session) as root, root.cursor() as cursor:
        cursor.execute("SET GLOBAL event_scheduler = OFF")
    yield


@contextmanager
def paused(stack: Place) -> Iterator[None]:
    url = f"http://{stack.settings.connect_host}:{stack.settings.connect_port}/connectors/{CONNECTOR}/pause"
    requests.put(url, timeout=30).raise_for_status()
    yield


@contextmanager
def locked(stack: Place) -> Iterator[None]:
    settings = stack.settings
    session = psycopg2.connect(
        host=settings.postgres_host, port=settings.postgres_port, dbname=settings.postgres_database,
        user=settings.postgres_owner, password=settings.postgres_owner_password,
    )  # fmt: skip
    with closing(session), session.cursor() as cursor:
        cursor.execute("LOCK TABLE orders IN SHARE MODE")
        yield


def froze(*services: str) -> Fault:
    @contextmanager
    def fault(stack: Place) -> Iterator[None]:
        wanted = [process for process in supervisor.processes(stack) if process.startswith(services)]
        pids = [pid for service in wanted if (pid := control.pid(stack, service)) is not None]
        family = [one for pid in pids for one in (pid, *frozen.children(pid))]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in family:
                _signal(pid, signal.SIGCONT)

    return fault


def _signal(pid: int, number: int) -> None:
    if Path(f"/proc/{pid}").exists():
        os.kill(pid, number)


@contextmanager
def healer_stopped(stack: Place) -> Iterator[None]:
    control.stop(stack, "healer")
    yield
    control.start(stack, "healer")


@contextmanager
def supervisor_frozen(stack: Place) -> Iterator[None]:
    pid = int((stack.state / "supervisord.pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


STAGES = ("source ticks", "captured ticks", "processed ticks", "stored ticks")

THE_CONNECTOR = f"connector {CONNECTOR}"

FAULTS: dict[str, tuple[Fault, str, set[str], str]] = {
    "the source's clock": (scheduler_off, "source ticks", set(), "source ticks"),
    "a paused connector": (paused, "captured ticks", {THE_CONNECTOR}, THE_CONNECTOR),
    "a frozen Connect": (froze("connect"), "captured ticks", {"connect"}, "connect"),
    "frozen workers": (froze("streams-"), "processed ticks", {"streams-1"}, ""),
    "a frozen TaskManager": (froze("flink-taskmanager"), "stored ticks", {"flink-taskmanager"}, "flink-taskmanager"),
    "a frozen PostgreSQL": (froze("postgres"), "stored ticks", {"postgres"}, "postgres"),
    "a forgotten lock": (locked, "stored ticks", set(), ""),
    "a stopped healer": (healer_stopped, "healer", set(), ""),
    "a frozen supervisor": (supervisor_frozen, "supervisor", set(), ""),
}
"""Fault, the part that is red, what else is, and the part whose remedy is a command that mends it."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("fault", "part", "more", "remedied"), FAULTS.values(), ids=FAULTS.keys())
def test_the_part_that_stands_is_red_and_green_again(
    stack: Place, shop: None, fault: Fault, part: str, more: set[str], remedied: str
) -> None:
    with fault(stack):
        found = wait_for(f"{part} and {more or 'nothing else'} red", lambda: _all_red({part} | more), RED_SECONDS)
        print("red:", red(found))
        assert found[part]["remedy"]
        first = next((stage for stage in STAGES if not found[stage]["well"]), part)
        assert part not in STAGES or first == part, red(found)
        if remedied:
            command = found[remedied]["remedy"].partition(";")[0]
            subprocess.run(["bash", "-c", command], cwd=ROOT, check=True, timeout=60)
            wait_for("all green again by the remedy", well, GREEN_SECONDS)
    wait_for("all green again", well, GREEN_SECONDS)


def _all_red(parts: set[str]) -> Findings | None:
    found = look()
    return found if parts <= red(found).keys() else None
