"""Processes: how long until the next try, and when one has ended."""

import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from supervisor.states import ProcessStates  # type: ignore[import-untyped]  # supervisor ships no types

from orderflow.stack import shutdown, versions
from orderflow.stack.place import Place
from orderflow.stack.postgres import binary
from orderflow.stack.service import StackError
from orderflow.stack.supervisord import LONGEST_PAUSE_SECONDS, CappedProcess
from orderflow.stack.waiting import wait_until


def failed(times: int) -> CappedProcess:
    """Return a process that has ended too quickly that often."""
    config = SimpleNamespace(options=SimpleNamespace(logger=None), name="mysql")
    process = CappedProcess(config)
    for _ in range(times):
        process.state = ProcessStates.STARTING
        process.change_state(ProcessStates.BACKOFF)
    return process


@pytest.mark.parametrize("times", [1, 3, 50, 5_000])
def test_the_pause_before_the_next_try_has_a_cap(times: int) -> None:
    pause = failed(times).delay - time.time()
    assert min(times, LONGEST_PAUSE_SECONDS) - 1 < pause <= LONGEST_PAUSE_SECONDS


def test_a_process_that_nobody_reaps_has_ended() -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        assert shutdown._alive(process.pid)
        process.kill()
        wait_until(lambda: "it still runs" if shutdown._alive(process.pid) else None, 10)
        os.kill(process.pid, 0)  # it is still listed: our wait() has not been called
    assert not shutdown._alive(process.pid)


def test_a_version_that_is_not_unpacked_is_refused_with_what_to_run(described: Place) -> None:
    for name, (folder, jar) in versions.JARS.items():
        described.jars(folder).mkdir(parents=True, exist_ok=True)
        (described.jars(folder) / f"{jar}-{described.environ[name]}.jar").touch()
    versions.refuse_others(described)
    newer = replace(described, environ={**described.environ, "KAFKA_VERSION": "9.9"})
    unpacked = described.settings.kafka_version
    with pytest.raises(StackError, match=rf"KAFKA_VERSION is 9.9, unpacked is .*{unpacked}: run scripts/install.sh"):
        versions.refuse_others(newer)


def test_flink_is_the_one_in_the_environment(described: Place) -> None:
    other = replace(described, settings=replace(described.settings, flink_version="9.9"))
    with pytest.raises(StackError, match=r"FLINK_VERSION is 9.9, .venv holds"):
        versions.refuse_others(other)


def test_the_server_of_the_data_folder_s_version_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    versions_there = [Path(f"/usr/lib/postgresql/{version}/bin/postgres") for version in ("15", "9.6", "17")]
    monkeypatch.setattr("orderflow.stack.postgres.INSTALLED", SimpleNamespace(glob=lambda _: versions_there))
    assert binary("postgres", "15").parts[4] == "15"
    assert binary("postgres").parts[4] == "17"
