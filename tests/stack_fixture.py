"""A whole stack of its own for the integration and e2e tests: other folders and ports than the one a person runs."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderflow.core.settings import Settings
from orderflow.environment import ROOT
from orderflow.stack.place import Place, place

FIRST_PORT = 20_000
LAST_PORT = 22_900
"""Below the ports of .env.example and below those that Linux hands out by itself."""

PORTS = tuple(name.upper() for name in Settings.__dataclass_fields__ if name.endswith("_port"))
WORKERS = 2
BLOCK = len(PORTS) + WORKERS
UP_SECONDS = 600
DOWN_SECONDS = 300


@pytest.fixture(scope="session")
def stack() -> Iterator[Place]:
    """The running stack; `os.environ` describes it to everything a test starts. Always stopped and forgotten."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in own_settings().items():
            environment.setenv(name, value)
        orderflow("down", "--wipe", seconds=DOWN_SECONDS)
        try:
            orderflow("up", seconds=UP_SECONDS)
            yield place()
        finally:
            orderflow("down", "--wipe", seconds=DOWN_SECONDS)


def own_settings() -> dict[str, str]:
    """Return what differs from the developer's stack: state folder, ports, two workers."""
    first = _free_block()
    ports = {name: str(first + number) for number, name in enumerate(PORTS)}
    # the workers' ports are counted up from the last one
    ports["STREAMS_METRICS_PORT"] = str(first + len(PORTS))
    # a project that is nowhere: the developer's own may run in containers meanwhile
    elsewhere = {"STATE_DIR": str(ROOT / ".orderflow-test"), "COMPOSE_PROJECT_NAME": "orderflow-test"}
    return ports | elsewhere | {"STREAMS_WORKERS": str(WORKERS)}


def orderflow(*arguments: str, seconds: float) -> str:
    """Run the command and return what it printed; a failure shows it in the test's report."""
    done = subprocess.run(
        [Path(sys.executable).with_name("orderflow"), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"orderflow {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
    return done.stdout


def _free_block() -> int:
    for first in range(FIRST_PORT, LAST_PORT, BLOCK):
        if all(_free(port) for port in range(first, first + BLOCK)):
            return first
    raise AssertionError(f"no {BLOCK} free ports in a row from {FIRST_PORT} to {LAST_PORT}")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
