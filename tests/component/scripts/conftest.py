"""A made-up machine for each test."""

from pathlib import Path

import pytest

from tests.component.scripts.shell import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.program("apt-get", "exit 0")  # knows of no index, as before the first `apt-get update`
    return made
