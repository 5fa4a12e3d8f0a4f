"""One probe a server: each asks for its counts, keeps its connection, and opens it anew after a failure."""

from time import monotonic
from typing import Any

import psycopg2
import pymysql
from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.connections import MySQL, Postgres
from orderflow.core.settings import Settings
from orderflow.core.topics import MYSQL_ORDERS, ORDERS_DLQ, PROCESSED_ORDERS, Topic
from orderflow.flow.counts import Counts

AWAY = (pymysql.MySQLError, psycopg2.Error, KafkaError)
"""What a probe raises when its server does not answer."""

RECENT_SECONDS = 10
NEWEST = 5_000
"""Orders whose freshness is looked at: found by the key, however many there are in all."""

_COMMITTED = """CASE WHEN current_setting('track_commit_timestamp') = 'on'
  THEN coalesce(pg_xact_commit_timestamp(xmin), stored_at) ELSE stored_at END"""
"""When the row's transaction was committed; a server that does not note that has the moment before it."""

_STORED = f"""
SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM order_items),
  percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM committed_at) - version / 1000.0)
FROM (SELECT version, {_COMMITTED} AS committed_at FROM orders ORDER BY order_id DESC LIMIT {NEWEST}) newest
WHERE committed_at > clock_timestamp() - interval '{RECENT_SECONDS} s'"""


class Source:
    """Rows in MySQL."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: MySQL | None = None

    def connect(self) -> MySQL:
        """Return the connection, opened if it is not; raises one of AWAY."""
        self._connection = self._connection or connections.mysql(self._settings)
        return self._connection

    def read(self) -> dict[str, Any]:
        """Return fields of Counts; raises one of AWAY."""
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM order_items)")
            row = cursor.fetchone()
        connection.rollback()  # the next count is of a new snapshot
        return dict(zip(("orders", "lines"), row or (), strict=True))

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        if self._connection is not None and self._connection.open:
            self._connection.close()
        self._connection = None


class Topics:
    """Records ever written to Kafka's topics (compaction does not lower an end offset)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader: Any = None

    def connect(self) -> Any:
        """Return the reader, opened if it is not; raises one of AWAY."""
        self._reader = self._reader or connections.kafka_reader(self._settings)
        return self._reader

    def read(self) -> dict[str, Any]:
        """Return fields of Counts; raises one of AWAY."""
        reader = self.connect()
        dead = _partitions(ORDERS_DLQ)
        return {
            "captured": self._end(MYSQL_ORDERS),
            "processed": self._end(PROCESSED_ORDERS),
            "dead_letters": self._end(ORDERS_DLQ) - sum(reader.beginning_offsets(dead).values()),
        }

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _end(self, topic: Topic) -> int:
        return sum(self._reader.end_offsets(_partitions(topic)).values())


class Target:
    """Rows in PostgreSQL, and how long the newest orders took from MySQL's commit to PostgreSQL's."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: Postgres | None = None

    def connect(self) -> Postgres:
        """Return the connection, opened if it is not; raises one of AWAY."""
        if self._connection is None:
            self._connection = connections.postgres(self._settings)
            self._connection.autocommit = True
        return self._connection

    def read(self) -> dict[str, Any]:
        """Return fields of Counts; raises one of AWAY."""
        with self.connect().cursor() as cursor:
            cursor.execute(_STORED)
            orders, lines, fresh = cursor.fetchone() or (None, None, None)
        p50, p99 = fresh or (None, None)
        return {"stored": orders, "stored_lines": lines, "fresh_p50_ms": p50, "fresh_p99_ms": p99}

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def probe(servers: list[Source | Topics | Target]) -> tuple[Counts, float]:
    """Ask every server; the fields of one that is away are None. Also return the seconds that the answers took.

    Opening a connection, or finding a server away, may last, but is no work for those who are watched.
    """
    fields: dict[str, Any] = {}
    seconds = 0.0
    for server in servers:
        try:
            server.connect()
            began = monotonic()
            fields |= server.read()
            seconds += monotonic() - began
        except AWAY:
            server.close()  # it shows as unknown, and is asked again the next time
    return Counts(**fields), seconds


def _partitions(topic: Topic) -> list[Any]:
    return [TopicPartition(topic.name, partition) for partition in range(topic.partitions)]
