"""MySQL's users follow `.env`: mysql-init/05-users.sh is run again when it, a name or a password has changed."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pymysql

from orderflow.stack import mysql
from orderflow.stack.place import Place
from orderflow.stack.service import Service, StackError

CONNECT_SECONDS = 5
ACCESS_DENIED = 1045
SCRIPT = "05-users.sh"
READ = frozenset({"MYSQL_ROOT_PASSWORD", "CDC_USER", "CDC_PASSWORD", "APP_USER", "APP_PASSWORD"})
"""What that script reads."""

ROOT_REFUSED = (
    "MySQL refuses root: MYSQL_ROOT_PASSWORD in .env is not the one it was set up with. Put the old one back, or, "
    "to change it, say so to MySQL first: ALTER USER root@localhost IDENTIFIED BY '..'"
)


def let_in(stack: Place, server: Service, run: Callable[[Path], None]) -> Service:
    """Return the server, ready only when the users of `.env` are let in; `run` runs a file of mysql-init as root."""

    def awaited() -> str | None:
        return ensure(stack, run) or server.awaited()

    return replace(server, awaited=awaited)


def ensure(stack: Place, run: Callable[[Path], None]) -> str | None:
    """Bring users and passwords up to `.env`; returns what is missing. Raises StackError when root is refused."""
    try:
        _connect(stack, "root", stack.settings.mysql_root_password)
    except pymysql.err.MySQLError as refused:
        if refused.args[0] == ACCESS_DENIED:
            raise StackError(ROOT_REFUSED) from None
        return f"MySQL does not answer at its socket: {refused.args[-1]}"
    if not _applied(stack):
        run(_script(stack))
        note(stack)
    return None


def note(stack: Place) -> None:
    """Remember what the users were made from."""
    _stamp(stack).write_text(_wanted(stack))
    _stamp(stack).chmod(0o600)


def _applied(stack: Place) -> bool:
    stamp, settings = _stamp(stack), stack.settings
    if not stamp.exists() or stamp.read_text() != _wanted(stack):
        return False
    users = ((settings.app_user, settings.app_password), (settings.cdc_user, settings.cdc_password))
    return all(_lets_in(stack, user, password) for user, password in users)


def _lets_in(stack: Place, user: str, password: str) -> bool:
    try:
        _connect(stack, user, password)
    except pymysql.err.MySQLError as refused:
        return bool(refused.args[0] != ACCESS_DENIED)  # another trouble is no reason to set passwords
    return True


def _connect(stack: Place, user: str, password: str) -> None:
    pymysql.connect(
        unix_socket=str(mysql.socket(stack)), user=user, password=password, connect_timeout=CONNECT_SECONDS
    ).close()


def _wanted(stack: Place) -> str:
    names = sorted(READ - {"MYSQL_ROOT_PASSWORD"})
    parts = [_script(stack).read_text(), *(stack.environ[name] for name in names)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _script(stack: Place) -> Path:
    return stack.root / "mysql-init" / SCRIPT


def _stamp(stack: Place) -> Path:
    return stack.data("mysql-users")
