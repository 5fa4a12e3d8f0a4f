"""What has to change so that a connector is as its file says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from orderflow.connect.definitions import Definition

SECRET_WORDS = ("password", "secret", "token", "sasl.jaas")


class Action(StrEnum):
    """What has to be done."""

    CREATE = "create"
    UPDATE = "update"
    NONE = "none"


@dataclass(frozen=True)
class Change:
    """One connector's way from what is to what should be; `diff` has a line for each setting that differs."""

    name: str
    action: Action
    diff: tuple[str, ...] = ()


def plan(desired: Definition, actual: Mapping[str, str] | None) -> Change:
    """Compare a definition with Connect's configuration of it, None when there is no such connector."""
    if actual is None:
        return Change(desired.name, Action.CREATE, tuple(_lines(desired.config, {})))
    there = {key: value for key, value in actual.items() if key != "name"}
    diff = tuple(_lines(desired.config, there))
    return Change(desired.name, Action.UPDATE if diff else Action.NONE, diff)


def _lines(desired: Mapping[str, str], actual: Mapping[str, str]) -> list[str]:
    differing = sorted(key for key in desired.keys() | actual.keys() if desired.get(key) != actual.get(key))
    return [_line(key, desired.get(key), actual.get(key)) for key in differing]


def _line(key: str, desired: str | None, actual: str | None) -> str:
    if actual is None:
        return f"+ {key} = {_shown(key, desired)}"
    if desired is None:
        return f"- {key} = {_shown(key, actual)}"
    return f"~ {key}: {_shown(key, actual)} -> {_shown(key, desired)}"


def _shown(key: str, value: str | None) -> str:
    """A secret stands in the file as a placeholder; what somebody wrote out by hand is not repeated."""
    secret = any(word in key.lower() for word in SECRET_WORDS)
    return "(hidden)" if secret and not str(value).startswith("${") else str(value)
