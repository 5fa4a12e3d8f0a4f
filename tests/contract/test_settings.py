"""`.env.example` is the one list of settings."""

from dataclasses import fields

from dotenv import dotenv_values

from orderflow.core.settings import Settings
from orderflow.environment import ROOT

EXAMPLE = dotenv_values(ROOT / ".env.example")

COMPOSES_OWN = {"COMPOSE_PROJECT_NAME"}
"""What Docker Compose itself reads, and no process of ours."""


def test_every_setting_stands_in_the_example_and_nothing_else() -> None:
    assert set(EXAMPLE) - COMPOSES_OWN == {field.name.upper() for field in fields(Settings)}


def test_no_secret_has_a_value_there() -> None:
    assert {name: value for name, value in EXAMPLE.items() if name.endswith("PASSWORD") and value} == {}


def test_no_name_is_one_that_the_mysql_client_reads() -> None:
    """It would leave its socket for that host, and the init files run before the server listens."""
    assert {"MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_PWD"} & set(EXAMPLE) == set()
