"""How the command reaches each server: one function a server, everything else comes from the settings."""

from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg2
import pymysql
import requests
from kafka import KafkaAdminClient, KafkaConsumer  # type: ignore[import-untyped]  # kafka-python ships no types
from pymysql.cursors import Cursor

from orderflow.core.settings import Settings

if TYPE_CHECKING:  # generic in its stubs only
    MySQL: TypeAlias = pymysql.Connection[Cursor]
else:
    MySQL = pymysql.Connection
Postgres: TypeAlias = psycopg2.extensions.connection

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 600


def mysql(settings: Settings) -> MySQL:
    """Connect to `shop` as the application's user, in UTC, without autocommit; raises pymysql.OperationalError."""
    return pymysql.connect(
        host=settings.mysql_server_host,
        port=settings.mysql_port,
        user=settings.app_user,
        password=settings.app_password,
        database=settings.mysql_database,
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=STATEMENT_SECONDS,
        write_timeout=STATEMENT_SECONDS,
        init_command="SET time_zone = '+00:00'",
        autocommit=False,
    )


def postgres(settings: Settings) -> Postgres:
    """Connect to `analytics` as the reader, in UTC; raises psycopg2.OperationalError."""
    return _postgres(settings, settings.postgres_reader, settings.postgres_reader_password)


def postgres_writer(settings: Settings) -> Postgres:
    """Connect to `analytics` as the job does, in UTC; raises psycopg2.OperationalError."""
    return _postgres(settings, settings.postgres_writer, settings.postgres_writer_password)


def _postgres(settings: Settings, user: str, password: str) -> Postgres:
    return psycopg2.connect(
        host=settings.postgres_host,
        port=settings.postgres_port,
        user=user,
        password=password,
        dbname=settings.postgres_database,
        connect_timeout=CONNECT_SECONDS,
        options="-c timezone=UTC",
    )


def kafka_admin(settings: Settings) -> Any:
    """Return an admin client; raises kafka.errors.KafkaError when no broker answers."""
    return KafkaAdminClient(
        bootstrap_servers=settings.bootstrap_servers,
        client_id="orderflow",
        bootstrap_timeout_ms=CONNECT_SECONDS * 1000,
        request_timeout_ms=CONNECT_SECONDS * 1000,
    )


def kafka_reader(settings: Settings) -> Any:
    """Return a consumer without a group (it reads, and leaves no trace); raises kafka.errors.KafkaError."""
    return KafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        client_id="orderflow",
        bootstrap_timeout_ms=CONNECT_SECONDS * 1000,
        request_timeout_ms=CONNECT_SECONDS * 1000,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )


def http_session() -> requests.Session:
    """Return an HTTP session that goes straight to the server: a proxy knows nothing of our loopback."""
    session = requests.Session()
    session.trust_env = False
    return session


def http_get(url: str, seconds: float) -> requests.Response:
    """Return the answer to one GET, past any proxy; raises requests.RequestException after `seconds` without one."""
    with http_session() as session:
        return session.get(url, timeout=seconds)
