"""Settings of every process: one frozen value, loaded from a mapping such as `os.environ`.

The names are those of `.env.example`, in lower case; a contract test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields


class SettingsError(ValueError):
    """A variable is missing or malformed; the text names it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """Values of `.env`; ports are TCP ports, memory sizes are in the notation of the server that takes them."""

    kafka_version: str
    log4j_version: str
    debezium_version: str
    mysql_version: str
    postgres_version: str
    flink_version: str
    flink_kafka_version: str
    flink_jdbc_version: str
    pgjdbc_version: str
    python_version: str

    bind_address: str
    state_dir: str
    cache_dir: str

    mysql_server_host: str
    kafka_host: str
    connect_host: str
    postgres_host: str
    flink_jobmanager_host: str
    flink_taskmanager_host: str

    mysql_port: int
    kafka_port: int
    kafka_controller_port: int
    connect_port: int
    postgres_port: int
    flink_rest_port: int
    flink_jobmanager_rpc_port: int
    flink_blob_port: int
    flink_taskmanager_rpc_port: int
    flink_taskmanager_data_port: int
    streams_metrics_port: int

    mysql_buffer_pool: str
    kafka_heap: str
    connect_heap: str
    postgres_shared_buffers: str
    flink_jobmanager_memory: str
    flink_taskmanager_memory: str

    streams_workers: int
    wait_ticks: int
    business_time_zone: str
    checkpoint_interval_seconds: int

    mysql_database: str
    postgres_database: str
    connect_group: str
    streams_group: str
    flink_group: str

    mysql_root_password: str
    cdc_user: str
    cdc_password: str
    app_user: str
    app_password: str
    postgres_owner: str
    postgres_owner_password: str
    postgres_writer: str
    postgres_writer_password: str
    postgres_reader: str
    postgres_reader_password: str

    @property
    def bootstrap_servers(self) -> str:
        """Kafka's address, `host:port`."""
        return f"{self.kafka_host}:{self.kafka_port}"


def load(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`; raises SettingsError naming the first variable that is missing or no number."""
    return Settings(**{f.name: _value(environ, f.name.upper(), f.type) for f in fields(Settings)})  # type: ignore[arg-type]  # each value has its field's type, checked in _value


def _value(environ: Mapping[str, str], name: str, kind: object) -> str | int:
    text = environ.get(name) or (environ.get("BIND_ADDRESS") if name.endswith("_HOST") else None)
    if not text:
        raise SettingsError(f"{name} is not set: take it from .env.example (start.sh writes .env for you)")
    if kind is not int:
        return text
    try:
        return int(text)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}") from None
