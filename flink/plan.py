"""What Flink's saved state fits to: the statements, the versions that planned them and PostgreSQL's tables."""

import hashlib

from flink import pipeline
from flink.columns import SINKS, SOURCES
from flink.config import SLOTS, STATE_BACKEND
from flink.formats import FORMATS
from flink.schema import Migration
from orderflow.core.settings import Settings

OPTIONS = {
    "table.local-time-zone": "UTC",
    # the totals' views share one scan and so one memory of each order, in place of four
    "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
    # an update takes a row out of a group and puts one in: seen together, the group is written once
    "table.exec.mini-batch.enabled": "true",
    "table.exec.mini-batch.allow-latency": "20 ms",
    "table.exec.mini-batch.size": "2000",
}
"""What else shapes the plan, or what the statements mean."""


def fingerprint(settings: Settings, schema: list[Migration]) -> str:
    """Return a hash that changes whenever old state may no longer fit, hex. Addresses and passwords are not in it."""
    nowhere: pipeline.Options = {}
    parts = [
        settings.flink_version,
        settings.flink_kafka_version,
        settings.flink_jdbc_version,
        str(SLOTS),
        STATE_BACKEND,
        *(f"{key}={value}" for key, value in (OPTIONS | FORMATS).items()),
        *pipeline.source_tables(dict.fromkeys(SOURCES, nowhere)),
        *pipeline.sink_tables(dict.fromkeys(SINKS, nowhere)),
        *pipeline.views(settings.business_time_zone),
        *pipeline.statements(),
        *(migration.checksum for migration in schema),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
