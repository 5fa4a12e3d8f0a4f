"""The environment of every process: `.env.example`'s defaults, then `.env`, then the process's own variables."""

import os
from pathlib import Path

from dotenv import dotenv_values

from orderflow.core.settings import Settings, load

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: every relative folder of the settings starts here."""


def environment() -> dict[str, str]:
    """Return all variables as a child process should see them."""
    files = dotenv_values(ROOT / ".env.example") | dotenv_values(ROOT / ".env")
    return {name: value for name, value in files.items() if value} | dict(os.environ)


def settings() -> Settings:
    """Return the settings; raises SettingsError naming what is missing."""
    return load(environment())
