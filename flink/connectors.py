"""The connector options of the source and of every sink."""

from flink.columns import SINKS, SOURCES
from flink.formats import FORMATS
from flink.pipeline import Options
from orderflow.core.groups import flink_groups
from orderflow.core.settings import Settings
from orderflow.core.topics import MIB, ORDER_STATS, PROCESSED_ORDERS

FLUSH_INTERVAL = "20 ms"
FLUSH_ROWS = 2000

JDBC_PARAMETERS = {
    "reWriteBatchedInserts": "true",
    # text of unspecified type: PostgreSQL reads it as the column's own type, jsonb and timestamptz among them
    "stringtype": "unspecified",
    "ApplicationName": "orderflow-flink",
    "connectTimeout": "10",
    # a dead network must not hold a checkpoint for ever
    "socketTimeout": "90",
    "tcpKeepAlive": "true",
}


def sources(settings: Settings, build_id: str) -> dict[str, Options]:
    """Return the options of both readers of `processed-orders`, each in a consumer group of its own for this build."""
    return {
        name: _source(settings, group)
        for name, group in zip(SOURCES, flink_groups(settings.flink_group, build_id), strict=True)
    }


def _source(settings: Settings, group: str) -> Options:
    """Return the options of one reader: newest document per order id, tombstones delete."""
    return {
        "connector": "upsert-kafka",
        "topic": PROCESSED_ORDERS.name,
        "properties.bootstrap.servers": settings.bootstrap_servers,
        "properties.group.id": group,
        "properties.client.id": group,
        # a direct buffer of each fetcher grows to the size of an answer; one larger document still comes whole
        "properties.max.partition.fetch.bytes": str(MIB),
        "properties.fetch.max.bytes": str(4 * MIB),
        **FORMATS,
    }


def sinks(settings: Settings) -> dict[str, Options]:
    """Return the options of every sink by table name."""
    tables = {name: postgres_table(settings, name) for name in SINKS if name != "order_stats"}
    return tables | {"order_stats": stats_topic(settings)}


def postgres_table(settings: Settings, name: str) -> Options:
    """Return the options of a table that the writer keeps in PostgreSQL."""
    parameters = "&".join(f"{key}={value}" for key, value in JDBC_PARAMETERS.items())
    return {
        "connector": "jdbc",
        "url": f"jdbc:postgresql://{settings.postgres_host}:{settings.postgres_port}/{settings.postgres_database}?{parameters}",
        "table-name": name,
        "username": settings.postgres_writer,
        "password": settings.postgres_writer_password,
        "sink.buffer-flush.interval": FLUSH_INTERVAL,
        "sink.buffer-flush.max-rows": str(FLUSH_ROWS),
    }


def stats_topic(settings: Settings) -> Options:
    """Return the options of `order-stats`: one JSON value per window and currency, a tombstone when it empties."""
    return {
        "connector": "upsert-kafka",
        "topic": ORDER_STATS.name,
        "properties.bootstrap.servers": settings.bootstrap_servers,
        "properties.client.id": f"{settings.flink_group}-stats",
        "properties.compression.type": "lz4",
        "key.format": "json",
        "value.format": "json",
        # a reader sees the last value of a moment, not each step to it
        "sink.buffer-flush.max-rows": "1000",
        "sink.buffer-flush.interval": "100 ms",
    }
