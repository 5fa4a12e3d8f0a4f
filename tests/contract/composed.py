"""docker-compose.yml as the real Docker Compose reads it, and the native stack's settings beside it."""

import json
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

from orderflow.core.settings import Settings, load
from orderflow.environment import ROOT
from orderflow.stack.place import Place

SECRET = "a-secret"


@cache
def variables() -> dict[str, str]:
    """Return `.env` as start.sh would write it, with every password `SECRET`."""
    example = dotenv_values(ROOT / ".env.example")
    given = {name: SECRET if name.endswith("PASSWORD") else value or "" for name, value in example.items()}
    return given | {"COMPOSE_PROJECT_NAME": "orderflow-contract"}


@cache
def settings() -> Settings:
    return load(variables())


@cache
def stack() -> Place:
    nowhere = Path(tempfile.gettempdir()) / "orderflow-contract"
    return Place(ROOT, nowhere, nowhere, settings(), {})


@cache
def source() -> Any:
    """Return the file itself, placeholders as they stand."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def services() -> dict[str, Any]:
    """Return the services as Compose itself reads them."""
    found: dict[str, Any] = composition()["services"]
    return found


@cache
def composition() -> Any:
    """Return Compose's own reading of the file; a file that it refuses fails here with its words."""
    done = read(variables())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def read(dotenv: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Let Compose read the file with these variables in `.env`."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".env").write_text("".join(f"{name}={value}\n" for name, value in dotenv.items()))
        binary = ROOT / ".venv" / "bin" / "compose"
        options = ["--file", str(ROOT / "docker-compose.yml"), "--project-directory", folder]
        return subprocess.run(
            [str(binary), *options, "config", "--format", "json"],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
