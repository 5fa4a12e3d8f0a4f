"""The init client reaches the private server and no other, whatever the operator's shell says."""

import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from orderflow.stack import mysql_init, mysql_users
from orderflow.stack.place import Place
from orderflow.stack.waiting import wait_until


@pytest.mark.parametrize(
    "name", ["MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_PWD", "MYSQL_TEST_LOGIN_FILE", "MYSQL_GROUP_SUFFIX", "MYSQL_HOME"]
)
def test_a_stray_variable_of_the_client_is_not_passed_on(
    described: Place, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "203.0.113.7")
    assert name not in mysql_init._variables(described)


def test_every_call_names_the_socket(described: Place) -> None:
    assert {"--protocol=SOCKET", f"--socket={described.socket('mysql.sock')}"} <= set(mysql_init._client(described))


def test_a_private_server_ends_with_the_command_that_was_killed(tmp_path: Path) -> None:
    """Not even kill -9 of `orderflow up` leaves one behind."""
    shell = ["sh", "-c", '"$@" & echo $! > pid; wait', "sh", *mysql_init.ENDS_WITH_US, "sleep", "600"]
    with subprocess.Popen(shell, cwd=tmp_path) as command:
        wait_until(lambda: None if runs_sleep(tmp_path / "pid") else "no sleep yet", 10)
        command.send_signal(signal.SIGKILL)
    wait_until(lambda: "it still runs" if runs_sleep(tmp_path / "pid") else None, 10)


def runs_sleep(file: Path) -> bool:
    try:
        return Path(f"/proc/{file.read_text().strip()}/comm").read_text() == "sleep\n"
    except OSError:
        return False


@pytest.mark.parametrize("name", ["APP_PASSWORD", "CDC_PASSWORD", "APP_USER", "CDC_USER"])
def test_users_are_made_anew_when_what_they_are_made_of_changes(described: Place, name: str) -> None:
    changed = replace(described, environ={**described.environ, name: "another"})
    assert mysql_users._wanted(described) != mysql_users._wanted(changed)
