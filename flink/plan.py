"""What Flink's saved state fits to: the statements, the versions that planned them and PostgreSQL's tables."""

import hashlib

from flink import pipeline
from flink.columns import SINKS
from flink.config import SLOTS, STATE_BACKEND
from flink.schema import Migration
from orderflow.core.settings import Settings


def fingerprint(settings: Settings, schema: list[Migration]) -> str:
    """Return a hash that changes whenever old state may no longer fit, hex. Addresses and passwords are not in it."""
    nowhere: pipeline.Options = {}
    parts = [
        settings.flink_version,
        settings.flink_kafka_version,
        settings.flink_jdbc_version,
        str(SLOTS),
        STATE_BACKEND,
        pipeline.source_table(nowhere),
        *pipeline.sink_tables(dict.fromkeys(SINKS, nowhere)),
        *pipeline.views(settings.business_time_zone),
        *pipeline.statements(),
        *(migration.checksum for migration in schema),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
