import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from orderflow.stack import orphans
from orderflow.stack.place import Place
from orderflow.stack.service import StackError
from orderflow.stack.waiting import wait_until


@pytest.fixture
def left_behind(described: Place) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["sleep", "600"], env=described.variables("kafka"))
    yield process
    process.kill()
    process.wait()


def test_a_process_of_the_stack_is_found_by_its_mark(described: Place, left_behind: "subprocess.Popen[bytes]") -> None:
    assert orphans.marked(described) == {left_behind.pid: "kafka"}


def test_another_stack_s_processes_are_left_alone(described: Place, left_behind: "subprocess.Popen[bytes]") -> None:
    other = replace(described, state=described.state / "other")
    assert orphans.end(other) == []
    assert left_behind.poll() is None


def test_strays_are_ended_and_named(described: Place, left_behind: "subprocess.Popen[bytes]") -> None:
    assert orphans.end(described) == ["kafka"]
    assert left_behind.wait(5) == -signal.SIGTERM


def test_a_wait_that_ends_says_what_was_missing() -> None:
    with pytest.raises(StackError, match="waited 0 s: no broker answers"):
        wait_until(lambda: "no broker answers", 0)
