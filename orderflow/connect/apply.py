"""Connectors as their files say, running."""

import time
from collections.abc import Callable
from dataclasses import replace

import pymysql

from orderflow.connect import snapshot, source_settings, strangers
from orderflow.connect.checks import check_partitions
from orderflow.connect.definitions import Definition, read_all
from orderflow.connect.errors import ConnectError
from orderflow.connect.plan import Action, plan
from orderflow.connect.rest import Rest
from orderflow.connect.states import ConnectorState, hint
from orderflow.connect.topics import partitions
from orderflow.core.settings import Settings
from orderflow.environment import ROOT

Progress = Callable[[str], None]

CONNECTORS = ROOT / "connectors"
RUNNING_SECONDS = 120
SECOND_CHANCE_SECONDS = 10
"""After the one restart of what failed; a database that was only slow is up by then."""
PAUSE_SECONDS = 0.3


def url(settings: Settings) -> str:
    """Return the address of Connect's REST API."""
    return f"http://{settings.connect_host}:{settings.connect_port}"


def apply_all(settings: Settings, progress: Progress) -> None:
    """Apply every file of connectors/ and return when all tasks run; may be called any number of times.

    `progress` takes a line for people. Raises ConnectError with the root cause and what to do.
    """
    definitions = read_all(CONNECTORS)
    existing = partitions(settings)
    for definition in definitions:
        check_partitions(definition, existing)
    _warn(settings, progress)
    rest = Rest(url(settings))
    for definition in definitions:
        apply(rest, definition, progress)
    for found in strangers.verdicts(rest.configs(), {one.name: one for one in definitions}, url(settings)):
        if not found.well:
            progress(f"warning: {found.part}: {found.says}; {found.remedy}")


def _warn(settings: Settings, progress: Progress) -> None:
    """Tell what of the server's settings endangers the capture: it may run, and still miss changes."""
    try:
        found = source_settings.verdicts(source_settings.seen(settings), settings)
    except pymysql.MySQLError:
        return  # validating the connector tells it better
    for verdict in found:
        if not verdict.well:
            progress(f"warning: {verdict.part}: {verdict.says}; {verdict.remedy}")


def new_snapshot(settings: Settings, progress: Progress) -> str:
    """Let the connector that captures the shop begin a new snapshot; return its name when it runs again.

    It has its file's configuration afterwards. Raises ConnectError.
    """
    (definition,) = read_all(CONNECTORS)
    rest = Rest(url(settings))
    if rest.config(definition.name) is None:
        apply(rest, definition, progress)
        return definition.name
    rest.put(definition.name, definition.config)
    snapshot.begin(rest, definition.name, progress)
    wait_until_running(rest, definition.name, RUNNING_SECONDS)
    return definition.name


def state(settings: Settings, patience: float = 3) -> tuple[ConnectorState, ...]:
    """Return the state of every connector that should exist; raises ConnectError when Connect does not answer."""
    rest = Rest(url(settings), patience, answer_seconds=max(patience, 1))
    return tuple(_placed(rest, rest.state(definition.name)) for definition in read_all(CONNECTORS))


def _placed(rest: Rest, seen: ConnectorState) -> ConnectorState:
    """Add to a failed connector the place in the binlog where it stands."""
    if not seen.failed:
        return seen
    offset = rest.offsets(seen.name)
    return replace(seen, at=f"{offset['file']}:{offset['pos']}") if "file" in offset else seen


def apply(rest: Rest, definition: Definition, progress: Progress, seconds: float = RUNNING_SECONDS) -> None:
    """Bring one connector to what its file says, and wait until it runs."""
    problems = rest.problems(definition.name, definition.config)
    if problems:
        told = "; ".join(problem + hint(problem) for problem in problems)
        raise ConnectError(f"{definition.name} is not valid: {told}")
    change = plan(definition, rest.config(definition.name))
    progress(f"{definition.name}: {change.action}")
    if change.action is Action.UPDATE:
        for line in change.diff:
            progress(f"  {line}")
    if change.action is not Action.NONE:
        rest.put(definition.name, definition.config)
    resume_held(rest, definition.name, progress)
    wait_until_running(rest, definition.name, seconds)
    progress(f"{definition.name}: every task runs")


def resume_held(rest: Rest, name: str, progress: Progress) -> None:
    """Resume the connector when somebody paused or stopped it: whoever applies it wants it to run."""
    held = rest.state(name)
    if held.held:
        progress(f"{name}: somebody left it {held.state} over Connect's REST API (it does not say who): resumed")
        rest.resume(name)


def wait_until_running(rest: Rest, name: str, seconds: float, second_chance: float = SECOND_CHANCE_SECONDS) -> None:
    """Return when the connector and its tasks run; what has failed is started again once. Raises ConnectError."""
    deadline = time.monotonic() + seconds
    verdict: float | None = None
    while not (seen := rest.state(name)).running:
        if seen.failed and verdict is None:
            rest.restart_failed(name)
            verdict = time.monotonic() + second_chance
        elif seen.failed and time.monotonic() > (verdict or 0):
            raise ConnectError(f"{seen.summary}: {seen.cause}")
        if time.monotonic() > deadline:
            raise ConnectError(f"waited {seconds:.0f} s until {name} runs: {seen.summary} {seen.cause}".rstrip())
        time.sleep(PAUSE_SECONDS)
