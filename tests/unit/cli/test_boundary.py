"""What goes wrong reaches the person as one clear line, with the exit code that the help promises."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import click
import psycopg2
import pymysql
import pytest
import requests
from click.testing import CliRunner, Result
from kafka.errors import KafkaTimeoutError  # type: ignore[import-untyped]  # kafka-python ships no types

import orderflow.cli
from orderflow import __version__
from orderflow.cli import main
from orderflow.connect import ConnectError
from orderflow.core.settings import SettingsError
from orderflow.environment import ROOT
from orderflow.stack.service import StackError


def run_a_verb_that_raises(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> Result:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(orderflow.cli, "import_module", lambda _: SimpleNamespace(command=failing))
    return CliRunner().invoke(main, ["status"])


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (StackError("no room"), 1, "no room"),
        (ConnectError("access denied for cdc"), 1, "access denied for cdc"),
        (SettingsError("KAFKA_PORT is not set"), 2, "KAFKA_PORT is not set"),
        (KafkaTimeoutError(), 1, "Kafka does not do what was asked"),
        (PermissionError(13, "Permission denied", "/somebody/s"), 1, "/somebody/s: Permission denied"),
        (
            subprocess.TimeoutExpired(["python", "-m", "flink.schema"], 60),
            1,
            "no end within 60 s: python -m flink.schema",
        ),
        (psycopg2.OperationalError("the server is starting up"), 1, "PostgreSQL does not do .*starting up"),
        (pymysql.err.OperationalError(2003, "refused"), 1, "MySQL does not do .*refused"),
        (requests.ConnectionError("refused"), 1, "Kafka Connect or Flink does not do .*refused"),
    ],
)
def test_an_error_is_one_line(error: Exception, code: int, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_a_verb_that_raises(error, monkeypatch)
    assert result.exit_code == code
    assert isinstance(result.exception, SystemExit)
    assert len(result.output.splitlines()) == 1
    assert re.search(says, result.output)


def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_a_verb_that_raises(BrokenPipeError(32, "Broken pipe"), monkeypatch)
    assert result.exit_code == 1  # as click has it
    assert result.output == ""


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run_a_verb_that_raises(KeyError("x"), monkeypatch).exception, KeyError)


def test_ctrl_c_ends_with_130_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_a_verb_that_raises(KeyboardInterrupt(), monkeypatch)
    assert (result.exit_code, "Traceback" in result.output) == (130, False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_polite_signals_interrupt_like_ctrl_c(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned_up = []

    @click.command()
    def waiting() -> None:
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)  # cut short by the signal
        finally:
            cleaned_up.append(True)

    monkeypatch.setattr(orderflow.cli, "import_module", lambda _: SimpleNamespace(command=waiting))
    before = signal.signal(number, lambda *_: None)  # else a command that does not mind it ends the tests
    try:
        assert CliRunner().invoke(main, ["up"]).exit_code == 130
    finally:
        signal.signal(number, before)
    assert cleaned_up


def test_the_version_is_the_package_s() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"orderflow {__version__}\n"
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("verb", ["up", "down", "status", "logs", "restart"])
def test_settings_that_are_no_settings_are_misuse(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMS_WORKERS", "two")
    result = CliRunner().invoke(main, [verb, *(["kafka"] if verb == "restart" else [])])
    assert result.exit_code == 2
    assert "STREAMS_WORKERS must be a whole number, not 'two'" in result.output


def test_without_env_files_the_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KAFKA_VERSION", "ORDERFLOW_GIVEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("orderflow.environment.ROOT", tmp_path)
    result = CliRunner().invoke(main, ["status"])
    assert result.exit_code == 2
    assert "KAFKA_VERSION is not set" in result.output


@pytest.mark.parametrize("arguments", [["up"], ["down"], ["down", "--wipe"]])
def test_a_folder_of_somebody_else_is_neither_taken_nor_wiped(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "holds thesis.odt and is no folder of this stack" in result.output
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.odt"]


@pytest.mark.parametrize("folder", ["/", ".", ".."])
def test_a_state_folder_around_the_checkout_is_misuse(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIR", folder)
    result = CliRunner().invoke(main, ["down", "--wipe"])
    assert result.exit_code == 2
    assert "STATE_DIR must be a folder of its own" in result.output


def test_logs_without_a_service_lists_them() -> None:
    output = CliRunner().invoke(main, ["logs"]).output
    assert all(name in output for name in ("kafka", "streams-1", "supervisord", "mysql-init"))


def test_a_stray_variable_steers_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOSTADDR", "MYSQL_HOST", "MYSQL_PORT"):
        monkeypatch.setenv(name, "29999")
    CliRunner().invoke(main, ["logs"])
    assert {"PGHOSTADDR", "MYSQL_HOST"} & set(os.environ) == set()
    assert os.environ["MYSQL_PORT"] == "29999"  # a setting of ours
