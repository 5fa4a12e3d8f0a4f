"""A stack's description, without any process."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from orderflow.core.settings import load
from orderflow.environment import ROOT
from orderflow.stack.place import Place


@pytest.fixture
def described(tmp_path: Path) -> Place:
    example = {name: value or "secret" for name, value in dotenv_values(ROOT / ".env.example").items()}
    hosts = {name: "127.0.0.1" for name in example if name.endswith("_HOST")}
    own = example | hosts | {"STATE_DIR": str(tmp_path / "state"), "CACHE_DIR": str(tmp_path / "cache")}
    return Place(ROOT, tmp_path / "state", tmp_path / "cache", load(own), own)
