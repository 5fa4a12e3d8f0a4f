"""The environment of every process: `.env.example`'s defaults, then `.env`, then the process's own variables."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values

from orderflow.core.settings import GIVEN, Settings, load

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: every relative folder of the settings starts here."""

NAMES = frozenset(field.name.upper() for field in fields(Settings))

STEERING = ("MYSQL_", "PG")
"""How the variables begin that the clients of MySQL and PostgreSQL obey without being told.

mysql obeys MYSQL_HOST even with a socket named, libpq obeys PGHOSTADDR even with a host named.
"""


def environment() -> dict[str, str]:
    """Return all variables as a child process should see them."""
    files = dotenv_values(ROOT / ".env.example") | dotenv_values(ROOT / ".env")
    return {name: value for name, value in files.items() if value} | dict(os.environ)


def foreign(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without our settings and without those that steer a client to another server."""
    ours = NAMES | {GIVEN}
    return {name: value for name, value in variables.items() if name not in ours and not name.startswith(STEERING)}


def forget_steering() -> None:
    """Drop from this process's own environment what would steer a client to another server."""
    for name in [name for name in os.environ if name.startswith(STEERING) and name not in NAMES]:
        del os.environ[name]


def misspelt() -> Iterator[str]:
    """Yield a line for each name in `.env` that is no setting."""
    for name in dotenv_values(ROOT / ".env"):
        if name not in NAMES and not name.startswith("COMPOSE_"):
            near = get_close_matches(name, NAMES, 1)
            yield f"{name} in .env is no setting" + (f": is {near[0]} meant?" if near else "")


def settings() -> Settings:
    """Return the settings; raises SettingsError naming what is missing."""
    return load(environment())
