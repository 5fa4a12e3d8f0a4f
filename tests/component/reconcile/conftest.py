"""A real MySQL and a real PostgreSQL of these tests' own; Kafka and the engines are not needed to compare them."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pymysql
import pytest

from orderflow import connections
from orderflow.connections import MySQL
from orderflow.core.settings import Settings, load
from orderflow.environment import ROOT, environment
from orderflow.stack import folders, mysql, mysql_init
from orderflow.stack.place import Place
from orderflow.stack.waiting import wait_until
from tests.component.flink.conftest import PASSWORDS, database, migrated, server

__all__ = ["database", "migrated", "server"]

START_SECONDS = 60


@pytest.fixture(scope="session")
def shop_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a fresh MySQL with the shop's schema and reference data, and no orders."""
    stack = _place(tmp_path_factory.mktemp("mysql"))
    folders.make(stack)
    mysql_init.initialize(stack)
    process = subprocess.Popen(mysql.service(stack).argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(partial(_refusal, stack.settings), START_SECONDS)
        yield stack.settings
    finally:
        process.terminate()
        process.wait(START_SECONDS)


@pytest.fixture
def both(shop_server: Settings, migrated: Settings) -> Iterator[Settings]:
    """Settings of an empty shop and an empty PostgreSQL."""
    settings = replace(migrated, mysql_server_host="127.0.0.1", mysql_port=shop_server.mysql_port)
    yield settings
    with closing(connections.mysql(settings)) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM orders")
        connection.commit()


@pytest.fixture
def shop(both: Settings) -> Iterator[MySQL]:
    """A session of the application."""
    with closing(connections.mysql(both)) as connection:
        yield connection


def _place(folder: Path) -> Place:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    variables = environment() | PASSWORDS | {"MYSQL_PORT": port, "BIND_ADDRESS": "127.0.0.1"}
    settings = load(variables | {"MYSQL_SERVER_HOST": "127.0.0.1"})
    return Place(ROOT, folder, (ROOT / settings.cache_dir).resolve(), settings, variables)


def _refusal(settings: Settings) -> str | None:
    try:
        connections.mysql(settings).close()
    except pymysql.MySQLError as error:
        return str(error)
    return None
