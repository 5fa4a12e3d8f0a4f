"""Which errors a command answers with one clear line instead of a traceback."""

import subprocess

import click

from orderflow.core.errors import OrderflowError
from orderflow.core.settings import SettingsError

SERVERS = {
    "kafka": "Kafka",
    "cimpl": "Kafka",
    "pymysql": "MySQL",
    "psycopg2": "PostgreSQL",
    "requests": "Kafka Connect or Flink",
    "urllib3": "Kafka Connect or Flink",
    "xmlrpc": "the supervisor",
    "http": "the supervisor",
}
"""First part of the module of a client's error -> whom it talks to; by name, so that no client is imported for it."""


class Misuse(click.ClickException):
    """What the person gave is wrong."""

    exit_code = 2


def as_click(error: Exception) -> click.ClickException | None:
    """Return what to show of `error`; None for what click ends itself and for a mistake in this program."""
    if isinstance(error, BrokenPipeError):
        return None  # who read our output has seen enough, as `head` does: click ends then without a word
    server = SERVERS.get(type(error).__module__.partition(".")[0])
    if isinstance(error, SettingsError):
        return Misuse(str(error))
    if isinstance(error, OrderflowError):
        return click.ClickException(str(error))
    if server:
        said = str(error).strip() or type(error).__name__
        return click.ClickException(f"{server} does not do what was asked: {said} (see `orderflow status`)")
    if isinstance(error, subprocess.TimeoutExpired):
        return click.ClickException(f"no end within {error.timeout:.0f} s: {_words(error.cmd)}")
    return click.ClickException(_system(error)) if isinstance(error, OSError) else None


def _system(error: OSError) -> str:
    said = error.strerror or str(error)
    return f"{error.filename}: {said}" if error.filename else said


def _words(command: object) -> str:
    return " ".join(map(str, command)) if isinstance(command, list | tuple) else str(command)
