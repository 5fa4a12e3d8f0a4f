"""PostgreSQL's owner follows `.env`: set in single-user mode before the server starts, when it is not what it was."""

import hashlib
import subprocess
from collections.abc import Sequence

from orderflow.stack.place import Place
from orderflow.stack.service import StackError

SECONDS = 60
STAMP = "postgres-owner"


def ensure(stack: Place, server: Sequence[str]) -> None:
    """Give the owner its name and password; `server` is the command of a server that is down. Raises StackError."""
    if applied(stack):
        return
    done = subprocess.run(
        # -j: a statement ends at a semicolon and an empty line, so it may stand on several
        [*server, "--single", "-j", "-D", str(stack.data("postgres")), "postgres"],
        input=_statements(stack),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode or "ERROR:" in done.stderr:
        raise StackError(f"PostgreSQL's owner could not be set: {done.stderr.strip()[-800:]}")
    note(stack)


def applied(stack: Place) -> bool:
    """Say whether the owner is as `.env` has it."""
    stamp = stack.data(STAMP)
    return stamp.exists() and stamp.read_text() == _wanted(stack)


def note(stack: Place) -> None:
    """Remember what the owner was made from."""
    stack.data(STAMP).write_text(_wanted(stack))
    stack.data(STAMP).chmod(0o600)


def _wanted(stack: Place) -> str:
    settings = stack.settings
    return hashlib.sha256(f"{settings.postgres_owner}\0{settings.postgres_owner_password}".encode()).hexdigest()


def _statements(stack: Place) -> str:
    owner, password = stack.settings.postgres_owner, stack.settings.postgres_owner_password.replace("'", "''")
    make = f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') THEN CREATE ROLE \"{owner}\"; END IF;"
    return (
        "SET standard_conforming_strings = on;\n\n"
        f"DO $make$ BEGIN {make} END $make$;\n\n"
        f"ALTER ROLE \"{owner}\" LOGIN SUPERUSER PASSWORD '{password}';\n\n"
    )
