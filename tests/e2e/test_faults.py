"""Real parts are broken under load; the comparison still ends equal with no manual step."""

import os
import signal

import pytest

from orderflow.stack import control, supervisor
from orderflow.stack.place import Place
from orderflow.stack.services import services
from tests.line import Line, pass_seconds
from tests.stack_fixture import UP_SECONDS, orderflow

OUTAGE_SECONDS = 30

VICTIMS = (
    *("streams-1", "flink-taskmanager", "mysql", "connect", "healer"),
    *("flink-jobmanager", "kafka", "streams-2", "postgres"),
)


def test_every_service_is_a_victim(stack: Place) -> None:
    assert {service.name for service in services(stack)} == set(VICTIMS)


@pytest.mark.timeout(900)
def test_kill_9_of_every_process_under_load(stack: Place, line: Line) -> None:
    letters = len(line.dead_letters())
    with line.load("--rate", "40", "--seconds", "100"):
        for victim in VICTIMS:
            pass_seconds(6)  # load flows between two faults
            control.kill(stack, victim)
    line.assert_equal()
    assert len(line.dead_letters()) == letters


@pytest.mark.timeout(900)
def test_kill_9_of_the_supervisor_and_up(stack: Place, line: Line) -> None:
    """What it leaves runs on, and orders with it; `up` ends the left ones and starts all anew."""
    (build,) = line.tables("SELECT build_id FROM builds")
    os.kill(supervisor.calls(stack).getPID(), signal.SIGKILL)
    with line.load("--rate", "50", "--seconds", "5"):
        pass
    said = orderflow("up", seconds=UP_SECONDS)
    assert "the last supervisor died; ended what it left: connect, flink-jobmanager" in said
    line.assert_equal()
    assert line.tables("SELECT build_id FROM builds") == [build], "restored, not rebuilt"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("victim", ["postgres", "kafka", "mysql"])
def test_a_server_that_is_away_for_30_seconds(stack: Place, line: Line, victim: str) -> None:
    letters = len(line.dead_letters())
    with line.load("--rate", "20", "--seconds", "45"):
        control.stop(stack, victim)
        pass_seconds(OUTAGE_SECONDS)
        control.start(stack, victim)
    line.assert_equal()
    assert len(line.dead_letters()) == letters
