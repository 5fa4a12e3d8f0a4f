"""Which settings each service reads: it is given those alone, and only a change of one of them starts it anew."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from orderflow.stack.connect import READABLE
from orderflow.stack.service import Service

KAFKA = frozenset({"KAFKA_HOST", "KAFKA_PORT"})
POSTGRES = frozenset({"POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DATABASE"})
FOLDERS = frozenset({"STATE_DIR", "CACHE_DIR", "BIND_ADDRESS"})

FLINK = (
    FOLDERS
    | KAFKA
    | {
        "FLINK_JOBMANAGER_HOST",
        "FLINK_TASKMANAGER_HOST",
        "FLINK_REST_PORT",
        "FLINK_JOBMANAGER_RPC_PORT",
        "FLINK_BLOB_PORT",
        "FLINK_TASKMANAGER_RPC_PORT",
        "FLINK_TASKMANAGER_DATA_PORT",
        "FLINK_JOBMANAGER_MEMORY",
        "FLINK_TASKMANAGER_MEMORY",
        "CHECKPOINT_INTERVAL_SECONDS",
    }
)
"""Both processes write the same configuration."""

FLINK_VERSIONS = frozenset({"FLINK_VERSION", "FLINK_KAFKA_VERSION", "FLINK_JDBC_VERSION", "PGJDBC_VERSION"})
JOB = POSTGRES | FLINK_VERSIONS | {"FLINK_GROUP", "BUSINESS_TIME_ZONE", "POSTGRES_WRITER", "POSTGRES_WRITER_PASSWORD"}

SCHEMA = POSTGRES | {f"POSTGRES_{role}{what}" for role in ("OWNER", "WRITER", "READER") for what in ("", "_PASSWORD")}
"""What `python -m flink.schema`, a step of the start, reads."""

GIVEN: Mapping[str, frozenset[str]] = {
    "mysql": frozenset(),
    "postgres": frozenset(),
    "kafka": frozenset(),
    "connect": frozenset(READABLE.split("|")),
    "healer": frozenset({*READABLE.split("|"), "BIND_ADDRESS", "CONNECT_HOST", "CONNECT_PORT"}),
    "flink-jobmanager": FLINK | JOB,
    "flink-taskmanager": FLINK,
    "streams": FOLDERS | KAFKA | {"STREAMS_GROUP", "STREAMS_METRICS_PORT", "WAIT_TICKS"},
}
"""Service, or what stands before a worker's number -> the variables in its environment."""

TIED: Mapping[str, frozenset[str]] = {
    "postgres": frozenset({"POSTGRES_OWNER", "POSTGRES_OWNER_PASSWORD"}),
    "kafka": KAFKA | {"KAFKA_CONTROLLER_PORT", "BIND_ADDRESS", "KAFKA_VERSION", "LOG4J_VERSION"},
    "connect": frozenset(
        {"CONNECT_PORT", "CONNECT_GROUP", "BIND_ADDRESS", "KAFKA_VERSION", "LOG4J_VERSION", "DEBEZIUM_VERSION"}
    ),
    "flink-taskmanager": FLINK_VERSIONS,
}
"""What a service's files are made from, beside its command line: a change starts it anew, and it is not given it."""


def declared(services: Iterable[Service]) -> tuple[Service, ...]:
    """Return the services, each with the settings it reads."""
    return tuple(_with_settings(one) for one in services)


def _with_settings(service: Service) -> Service:
    kind = _kind(service.name)
    return replace(service, given=GIVEN[kind], tied=TIED.get(kind, frozenset()))


def _kind(name: str) -> str:
    return "streams" if name.startswith("streams-") else name
