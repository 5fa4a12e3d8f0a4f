"""A stack in containers is noticed by the verbs of the native one."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from orderflow.cli.down import command as down
from orderflow.stack import compose

PROJECT = "orderflow-test"


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker that knows two containers of this project; it writes down what it was asked."""
    program = tmp_path / "docker"
    program.write_text(f'#!/bin/sh\necho "$*" > {tmp_path}/asked\necho mysql\necho kafka\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", PROJECT)
    return program


def test_services_of_this_project_are_asked_for(docker: Path) -> None:
    assert compose.running() == ["kafka", "mysql"]
    assert f"--filter label=com.docker.compose.project={PROJECT} " in (docker.parent / "asked").read_text()


@pytest.mark.parametrize("script", ["exit 1", "echo mysql; exit 1", ""])
def test_none_run_where_docker_has_none_or_does_not_answer(docker: Path, script: str) -> None:
    docker.write_text(f"#!/bin/sh\n{script}\n")
    assert compose.running() == []
    assert compose.instead("down", compose.DOWN) is None


def test_a_docker_that_hangs_is_given_up(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(compose, "SECONDS", 0.1)
    assert compose.running() == []


def test_a_checkout_without_a_project_has_none(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "environment", dict)
    assert compose.running() == []


def test_down_says_what_runs_in_containers(docker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    done = CliRunner().invoke(down)
    assert done.exit_code == 1
    assert (
        "2 services of this checkout run in containers: `docker compose down` stands for `orderflow down`"
        in done.output
    )
