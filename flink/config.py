"""The cluster's config.yaml: flat keys, in Flink's own names."""

import sys
from pathlib import Path

import yaml

from flink.folders import Folders
from orderflow.core.settings import Settings

SLOTS = 2
STATE_BACKEND = "rocksdb"
"""On disk, some 180 bytes an order. On the heap a TaskManager of 1800m ended at 400,000 orders."""

MANAGED_MEMORY = "512m"
"""RocksDB's caches and write buffers, half of it a slot."""
JAVA_OPTIONS = "env.java.opts.all"


def config(settings: Settings, folders: Folders, home: Path) -> dict[str, str | int | bool]:
    """Return the whole configuration of one role."""
    return (
        _network(settings, folders)
        | _memory(settings)
        | _state(settings, folders)
        | _recovery()
        | _latency()
        | _python()
        | _java(home)
    )


def write(folder: Path, values: dict[str, str | int | bool]) -> None:
    """Write `values` as config.yaml into `folder`."""
    (folder / "config.yaml").write_text(yaml.safe_dump(values, width=10_000), encoding="utf-8")


def _network(settings: Settings, folders: Folders) -> dict[str, str | int | bool]:
    return {
        "jobmanager.rpc.address": settings.flink_jobmanager_host,
        "jobmanager.rpc.port": settings.flink_jobmanager_rpc_port,
        "jobmanager.bind-host": settings.bind_address,
        "blob.server.port": str(settings.flink_blob_port),
        "rest.address": settings.flink_jobmanager_host,
        "rest.port": settings.flink_rest_port,
        "rest.bind-address": settings.bind_address,
        "rest.bind-port": str(settings.flink_rest_port),
        "taskmanager.host": settings.flink_taskmanager_host,
        "taskmanager.bind-host": settings.bind_address,
        "taskmanager.rpc.port": str(settings.flink_taskmanager_rpc_port),
        "taskmanager.data.port": settings.flink_taskmanager_data_port,
        "web.submit.enable": False,
        "web.cancel.enable": False,
        "web.upload.dir": str(folders.temporary),
        # No Prometheus reporter: Flink 2.3's listens on every address and cannot be told otherwise.
        "metrics.internal.query-service.port": "0",
    }


def _memory(settings: Settings) -> dict[str, str | int | bool]:
    return {
        "jobmanager.memory.process.size": settings.flink_jobmanager_memory,
        "taskmanager.memory.process.size": settings.flink_taskmanager_memory,
        "taskmanager.memory.managed.size": MANAGED_MEMORY,
        "taskmanager.memory.network.min": "64m",
        "taskmanager.memory.network.max": "64m",
        "taskmanager.numberOfTaskSlots": SLOTS,
        "parallelism.default": SLOTS,
    }


def _state(settings: Settings, folders: Folders) -> dict[str, str | int | bool]:
    return {
        "state.backend.type": STATE_BACKEND,
        "execution.checkpointing.incremental": True,
        "state.backend.rocksdb.use-bloom-filter": True,
        "state.backend.rocksdb.memory.partitioned-index-filters": True,
        "execution.checkpointing.interval": f"{settings.checkpoint_interval_seconds}s",
        "execution.checkpointing.min-pause": "1s",
        "execution.checkpointing.timeout": "2min",
        "execution.checkpointing.tolerable-failed-checkpoints": 100,
        "execution.checkpointing.num-retained": 2,
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "execution.checkpointing.dir": folders.checkpoints.as_uri(),
        "execution.checkpointing.savepoint-dir": folders.savepoints.as_uri(),
        "io.tmp.dirs": str(folders.temporary),
        "env.log.dir": str(folders.logs),
        "env.pid.dir": str(folders.temporary),
    }


def _recovery() -> dict[str, str | int | bool]:
    # No limit on attempts: an outage may last, and a restart without end is what catches up by itself after it.
    return {
        "heartbeat.interval": "2s",
        "heartbeat.timeout": "10s",
        "restart-strategy.type": "exponential-delay",
        "restart-strategy.exponential-delay.initial-backoff": "500ms",
        "restart-strategy.exponential-delay.max-backoff": "10s",
        "restart-strategy.exponential-delay.backoff-multiplier": 2,
        "restart-strategy.exponential-delay.reset-backoff-threshold": "1min",
    }


def _latency() -> dict[str, str | int | bool]:
    return {"execution.buffer-timeout.interval": "5ms", "pipeline.object-reuse": True}


def _python() -> dict[str, str | int | bool]:
    return {"python.client.executable": sys.executable, "python.executable": sys.executable}


def _java(home: Path) -> dict[str, str | int | bool]:
    # One collector's thread: two cores have none to spare. The JobManager plans once and then waits: compiling its
    # code well would take longer than running it.
    return {
        JAVA_OPTIONS: f"{_java_options(home)} -Duser.timezone=UTC -XX:+UseSerialGC",
        "env.java.opts.jobmanager": "-XX:TieredStopAtLevel=1",
    }


def _java_options(home: Path) -> str:
    """Return the options Flink ships, without which the Python client cannot reach into the JVM."""
    shipped = yaml.safe_load((home / "conf" / "config.yaml").read_text(encoding="utf-8"))
    options: str = shipped["env"]["java"]["opts"]["all"]
    return options
