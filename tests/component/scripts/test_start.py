"""start.sh stops what it has started, and nothing else; the stack and Docker are made up."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from orderflow.environment import ROOT

SECONDS = 60

ORDERFLOW = """#!/bin/bash
echo "orderflow $*" >> said
[ "$1" != "${HANGS_AT:-}" ] || { echo hangs > hangs; exec sleep 60; }
"""
DOCKER = """#!/bin/bash
echo "docker $*" >> said
case $* in 'compose ps'*) [ -e running ] && echo id; exit 0 ;; *up*) exit ${UP_CODE:-0} ;; esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose parts write what they are asked into the file `said`; the stack runs when `running` is there."""
    programs = {
        "scripts/install.sh": '#!/bin/bash\necho "install $*" >> said\n',
        ".venv/bin/orderflow": ORDERFLOW,
        ".venv/bin/python": "#!/bin/bash\n[ -e running ]\n",
        "bin/docker": DOCKER,
    }
    for name, text in programs.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    shutil.copy(ROOT / "scripts" / "start.sh", tmp_path / "scripts")
    return tmp_path


def start(checkout: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    path = {"PATH": f"{checkout}/bin:{os.environ['PATH']}"}
    return subprocess.Popen(
        [checkout / "scripts" / "start.sh", *options],
        env=os.environ | path | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def interrupted(checkout: Path, how: signal.Signals, *options: str, hear: bool = True) -> tuple[int, str]:
    """Start, and send a signal to all of it during the main job, as a terminal does."""
    os.mkfifo(checkout / "hangs")
    running = start(checkout, *options, HANGS_AT="run")
    (checkout / "hangs").read_text()  # waits for the job to write into it
    if not hear and running.stdout:
        running.stdout.close()
    os.killpg(running.pid, how)
    heard = running.communicate(timeout=SECONDS)[0] if hear else ""
    return running.wait(SECONDS), heard


def said(checkout: Path) -> list[str]:
    return (checkout / "said").read_text().splitlines()


def test_set_up_stack_and_job_follow_each_other(checkout: Path) -> None:
    assert start(checkout).wait(SECONDS) == 0
    assert said(checkout) == ["install native", "orderflow up", "orderflow run"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_stops_what_was_started(checkout: Path, how: signal.Signals) -> None:
    code, _ = interrupted(checkout, how)
    assert code == 130
    assert said(checkout)[-1] == "orderflow down"


def test_a_terminal_that_is_gone_does_not_keep_it_from_stopping(checkout: Path) -> None:
    code, _ = interrupted(checkout, signal.SIGHUP, hear=False)
    assert code == 130
    assert said(checkout)[-1] == "orderflow down"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_a_stack_that_ran_before_stays_up(checkout: Path, how: signal.Signals) -> None:
    (checkout / "running").touch()
    code, heard = interrupted(checkout, how)
    assert code == 130
    assert said(checkout)[-1] == "orderflow run"
    assert how is signal.SIGHUP or "the stack ran before and stays up" in heard


def test_a_second_start_meanwhile_is_refused_and_stops_nothing(checkout: Path) -> None:
    os.mkfifo(checkout / "hangs")
    first = start(checkout, HANGS_AT="run")
    (checkout / "hangs").read_text()
    second = start(checkout)
    assert "another scripts/start.sh of this checkout is running" in second.communicate(timeout=SECONDS)[0]
    assert second.returncode == 1
    assert first.poll() is None
    os.killpg(first.pid, signal.SIGINT)
    first.communicate(timeout=SECONDS)
    assert said(checkout).count("orderflow down") == 1


def test_in_containers_the_images_are_built_anew(checkout: Path) -> None:
    assert start(checkout, "--docker").wait(SECONDS) == 0
    assert "docker compose up --build --detach --wait" in said(checkout)


@pytest.mark.parametrize("running", [True, False])
def test_containers_that_ran_before_stay_up(checkout: Path, running: bool) -> None:
    if running:
        (checkout / "running").touch()
    interrupted(checkout, signal.SIGINT, "--docker")
    assert ("docker compose down" in said(checkout)) != running


def test_a_service_that_is_not_healthy_is_looked_up_where_it_runs(checkout: Path) -> None:
    failed = start(checkout, "--docker", UP_CODE="1")
    heard = failed.communicate(timeout=SECONDS)[0]
    assert failed.returncode == 1
    assert "docker compose logs SERVICE" in heard
    assert "orderflow run" not in said(checkout)
