"""How this package reaches PostgreSQL outside the job: as the owner for the schema, as the writer for a rebuild."""

import psycopg2
from psycopg2.extensions import connection

from orderflow.core.settings import Settings

CONNECT_SECONDS = 10


def as_owner(settings: Settings) -> connection:
    """Connect as the role that owns the tables; raises psycopg2.OperationalError."""
    return _connect(settings, settings.postgres_owner, settings.postgres_owner_password)


def as_writer(settings: Settings) -> connection:
    """Connect as the job's role; raises psycopg2.OperationalError."""
    return _connect(settings, settings.postgres_writer, settings.postgres_writer_password)


def _connect(settings: Settings, user: str, password: str) -> connection:
    return psycopg2.connect(
        host=settings.postgres_host,
        port=settings.postgres_port,
        dbname=settings.postgres_database,
        user=user,
        password=password,
        connect_timeout=CONNECT_SECONDS,
        application_name="orderflow-flink-start",
    )
