"""MySQL as a plain process: the unpacked Debian server, run through its own loader."""

import os
from functools import partial
from pathlib import Path

import pymysql

from orderflow import connections
from orderflow.stack.place import Place
from orderflow.stack.service import Service

BINLOG_KEPT_SECONDS = 7 * 24 * 60 * 60
"""Longer than any outage of Connect that anybody would sleep through; older than that a new snapshot is taken."""


def service(stack: Place) -> Service:
    """Return the source database; its init files ran before the first start (see mysql_init)."""
    return Service(
        name="mysql",
        argv=command(stack, "--bind-address=" + stack.settings.bind_address, f"--port={stack.settings.mysql_port}"),
        awaited=partial(_awaited, stack),
        ports={"MYSQL_PORT": stack.settings.mysql_port},
        stop_seconds=60,
    )


def command(stack: Place, *more: str) -> tuple[str, ...]:
    """Return mysqld's command line with the settings every run shares, followed by `more`."""
    return (str(launcher(stack, "mysqld")), *_files(stack), *_capture(), *_durability(stack), *more)


def launcher(stack: Place, program: str) -> Path:
    """Return the script that runs `program` of the unpacked MySQL (made by scripts/install.sh)."""
    return stack.cache / "mysql" / "bin" / program


def socket(stack: Place) -> Path:
    """Return the server's unix socket."""
    return stack.socket("mysql.sock")


def _files(stack: Place) -> tuple[str, ...]:
    return (
        f"--datadir={stack.data('mysql')}",
        f"--socket={socket(stack)}",
        f"--pid-file={stack.data('mysql') / 'mysqld.pid'}",
        "--secure-file-priv=NULL",
        "--local-infile=0",
        "--loose-mysqlx=OFF",
        *(("--user=root",) if os.geteuid() == 0 else ()),
    )


def _capture() -> tuple[str, ...]:
    return (
        "--server-id=1",
        "--log-bin=binlog",
        "--gtid-mode=ON",
        "--enforce-gtid-consistency=ON",
        "--binlog-format=ROW",
        "--binlog-row-image=FULL",
        f"--binlog-expire-logs-seconds={BINLOG_KEPT_SECONDS}",
        "--event-scheduler=ON",
        "--default-time-zone=+00:00",
        "--character-set-server=utf8mb4",
    )


def _durability(stack: Place) -> tuple[str, ...]:
    return (
        "--sync-binlog=1",
        "--innodb-flush-log-at-trx-commit=1",
        f"--innodb-buffer-pool-size={stack.settings.mysql_buffer_pool}",
    )


def _awaited(stack: Place) -> str | None:
    try:
        connections.mysql(stack.settings).close()
    except pymysql.err.MySQLError as refused:
        return f"MySQL does not let {stack.settings.app_user} in: {refused.args[-1]}"
    return None
