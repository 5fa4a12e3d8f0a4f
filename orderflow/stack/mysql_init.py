"""MySQL's first start: an empty data folder, root's password, then the files of mysql-init/ in name order, once."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from orderflow.stack import mysql
from orderflow.stack.place import Place
from orderflow.stack.service import StackError
from orderflow.stack.waiting import wait_until

START_SECONDS = 60
STOP_SECONDS = 60


def initialize(stack: Place) -> None:
    """Make the database unless it was made; one left half made is begun anew. Raises StackError with MySQL's words."""
    stamp = stack.data("mysql-initialized")
    if stamp.exists():
        return
    shutil.rmtree(stack.data("mysql"), ignore_errors=True)
    stack.data("mysql").mkdir(parents=True)
    _run(stack, mysql.command(stack, "--initialize-insecure"), "create the data folder")
    with _private_server(stack):
        _set_root_password(stack)
        for file in sorted((stack.root / "mysql-init").iterdir()):
            _apply(stack, file)
    stamp.write_text("mysql-init ran\n")


@contextmanager
def _private_server(stack: Place) -> Iterator[None]:
    """Run a server that only its unix socket reaches, so that nobody meets a half-made database."""
    with stack.log("mysql-init").open("ab") as log:
        server = subprocess.Popen(
            mysql.command(stack, "--skip-networking"),
            stdout=log,
            stderr=log,
            env=_variables(stack),
            start_new_session=True,
        )
    try:
        wait_until(partial(_silent, stack, server), START_SECONDS)
        yield
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)


def _silent(stack: Place, server: "subprocess.Popen[bytes]") -> str | None:
    if server.poll() is not None:
        raise StackError(f"MySQL ended at its first start; its log: {stack.log('mysql-init')}")
    ping = subprocess.run(
        [mysql.launcher(stack, "mysql"), "--user=root", "--execute=SELECT 1"],
        env=_variables(stack),
        capture_output=True,
        text=True,
        check=False,
    )
    return ping.stderr.strip() or None if ping.returncode else None


def _set_root_password(stack: Place) -> None:
    quoted = stack.settings.mysql_root_password.replace("\\", "\\\\").replace("'", "''")
    statement = f"ALTER USER root@localhost IDENTIFIED BY '{quoted}';"
    _run(stack, (str(mysql.launcher(stack, "mysql")), "--user=root"), "set root's password", statement)


def _apply(stack: Place, file: Path) -> None:
    client = str(mysql.launcher(stack, "mysql"))
    if file.suffix == ".sql":
        _run(stack, (client, "--user=root"), f"apply {file.name}", file.read_text(), _with_password(stack))
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
    return stack.variables("mysql") | {"PATH": path, "MYSQL_UNIX_PORT": str(mysql.socket(stack))}


def _with_password(stack: Place) -> dict[str, str]:
    return _variables(stack) | {"MYSQL_PWD": stack.settings.mysql_root_password}
