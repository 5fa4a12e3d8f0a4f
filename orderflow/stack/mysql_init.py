"""MySQL's first start: an empty data folder, root's password, then the files of mysql-init/ in name order, once."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from orderflow.stack import mysql, mysql_users
from orderflow.stack.place import Place
from orderflow.stack.service import StackError
from orderflow.stack.waiting import wait_until

START_SECONDS = 60
STOP_SECONDS = 60

ENDS_WITH_US = ("setpriv", "--pdeathsig=TERM")
"""A private server never outlives the command that started it, not even one that was killed."""


def initialize(stack: Place) -> None:
    """Make the database unless it was made; one left half made is begun anew. Raises StackError with MySQL's words."""
    stamp = stack.data("mysql-initialized")
    if stamp.exists():
        return
    shutil.rmtree(stack.data("mysql"), ignore_errors=True)
    stack.data("mysql").mkdir(parents=True)
    _run(stack, (*ENDS_WITH_US, *mysql.command(stack, "--initialize-insecure")), "create the data folder")
    with _private_server(stack):
        _set_root_password(stack)
        for file in sorted((stack.root / "mysql-init").iterdir()):
            apply(stack, file)
    mysql_users.note(stack)
    stamp.write_text("mysql-init ran\n")


@contextmanager
def _private_server(stack: Place) -> Iterator[None]:
    """Run a server that only its unix socket reaches, so that nobody meets a half-made database."""
    with stack.log("mysql-init").open("ab") as log:
        server = subprocess.Popen(
            (*ENDS_WITH_US, *mysql.command(stack, "--skip-networking")),
            stdout=log,
            stderr=log,
            env=_variables(stack),
            start_new_session=True,
        )
    try:
        wait_until(partial(_silent, stack, server), START_SECONDS)
        yield
    finally:
        _end(server)


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _silent(stack: Place, server: "subprocess.Popen[bytes]") -> str | None:
    if server.poll() is not None:
        raise StackError(f"MySQL ended at its first start; its log: {stack.log('mysql-init')}")
    ping = subprocess.run(
        [*_client(stack), "--execute=SELECT 1"],
        env=_variables(stack),
        capture_output=True,
        text=True,
        check=False,
    )
    return ping.stderr.strip() or None if ping.returncode else None


def _set_root_password(stack: Place) -> None:
    quoted = stack.settings.mysql_root_password.replace("\\", "\\\\").replace("'", "''")
    statement = f"ALTER USER root@localhost IDENTIFIED BY '{quoted}';"
    _run(stack, _client(stack), "set root's password", statement)


def _client(stack: Place) -> tuple[str, ...]:
    """Return the client's command: to this server's socket, whatever the environment says."""
    where = ("--protocol=SOCKET", f"--socket={mysql.socket(stack)}")
    return (str(mysql.launcher(stack, "mysql")), *where, "--user=root")


def apply(stack: Place, file: Path) -> None:
    """Run one of mysql-init's files as root; raises StackError with MySQL's words."""
    if file.suffix == ".sql":
        _run(stack, _client(stack), f"apply {file.name}", file.read_text(), _with_password(stack))
    elif file.suffix == ".sh":
        _run(stack, ("bash", str(file)), f"run {file.name}", "", _with_password(stack))


def _run(
    stack: Place, argv: tuple[str, ...], what: str, text: str = "", variables: dict[str, str] | None = None
) -> None:
    done = subprocess.run(
        argv, input=text, env=variables or _variables(stack), capture_output=True, text=True, check=False
    )
    with stack.log("mysql-init").open("a") as log:
        log.write(f"-- {what}\n{done.stdout}{done.stderr}")
    if done.returncode:
        raise StackError(f"MySQL could not {what}: {done.stderr.strip()[-800:]}")


def _variables(stack: Place) -> dict[str, str]:
    """Return the variables of the init files: `mysql` on PATH reaches the private server as in the official image."""
    path = f"{mysql.launcher(stack, 'mysql').parent}:{os.environ.get('PATH', os.defpath)}"
    return stack.variables("mysql-init", mysql_users.READ) | {"PATH": path, "MYSQL_UNIX_PORT": str(mysql.socket(stack))}


def _with_password(stack: Place) -> dict[str, str]:
    return _variables(stack) | {"MYSQL_PWD": stack.settings.mysql_root_password}
