"""The connector options of the source and of every sink."""

from flink.columns import SINKS
from flink.pipeline import Options
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


def source(settings: Settings) -> Options:
    """Return the options of `processed-orders`: newest document per order id, tombstones delete."""
    return {
        "connector": "upsert-kafka",
        "topic": PROCESSED_ORDERS.name,
        "properties.bootstrap.servers": settings.bootstrap_servers,
        "properties.group.id": settings.flink_group,
        "properties.client.id": settings.flink_group,
        # one document may fill a whole fetch; a record's overhead comes on top of the topic's limit
        "properties.max.partition.fetch.bytes": str(PROCESSED_ORDERS.max_message_bytes + MIB),
        "key.format": "csv",
        "value.format": "json",
        "value.fields-include": "EXCEPT_KEY",
        "value.json.timestamp-format.standard": "ISO-8601",
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
    }
