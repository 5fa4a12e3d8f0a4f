"""Settings of every process: one frozen value, loaded from a mapping such as `os.environ`.

The names are those of `.env.example`, in lower case; a contract test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from orderflow.core.errors import OrderflowError
from orderflow.core.limits import complaint

GIVEN = "ORDERFLOW_GIVEN"
"""Names, space between, of the variables that a process was given; without it a process has them all."""


class SettingsError(OrderflowError):
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

    if not TYPE_CHECKING:  # a checker would take every misspelt field for one of Any

        def __getattr__(self, name: str) -> Any:
            """Raise what is wrong when a process reads a setting that its service was not given."""
            if name not in self.__dataclass_fields__:
                raise AttributeError(name)
            raise SettingsError(f"{name.upper()} is read here, but the service's declaration does not name it")


def load(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`; raises SettingsError naming the first that is missing or out of its range.

    With GIVEN in `environ` only the settings named there are read, and reading another one raises SettingsError.
    """
    given = environ[GIVEN].split() if GIVEN in environ else None
    settings = object.__new__(Settings)
    for field in fields(Settings):
        name = field.name.upper()
        if given is None or name in given:
            object.__setattr__(settings, field.name, _value(environ, name, field.type))
    return settings


def _value(environ: Mapping[str, str], name: str, kind: object) -> str | int:
    text = environ.get(name) or (environ.get("BIND_ADDRESS") if name.endswith("_HOST") else None)
    if not text:
        raise SettingsError(f"{name} is not set: take it from .env.example (start.sh writes .env for you)")
    wrong = complaint(name, text, kind is int)
    if wrong:
        raise SettingsError(f"{name} {wrong}, not {text!r}")
    return int(text) if kind is int else text
