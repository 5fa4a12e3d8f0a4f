"""The entry point that Flink runs in the JobManager: declare everything, submit, then see the restore through."""

import os

from pyflink.table import (  # type: ignore[import-untyped]  # pyflink ships no types
    EnvironmentSettings,
    StatementSet,
    TableEnvironment,
)

from flink import connectors, pipeline
from flink.pipeline import Options
from orderflow.core.settings import load

JOB_NAME = "orderflow"

TABLE_CONFIG = {
    "pipeline.name": JOB_NAME,
    "table.local-time-zone": "UTC",
}
"""What the statements rely on; all else is in the cluster's config.yaml."""


def statement_set(zone: str, source: Options, sinks: dict[str, Options]) -> StatementSet:
    """Declare tables and views on a new environment and return all statements as one job, not yet started."""
    table_environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for name, value in TABLE_CONFIG.items():
        table_environment.get_config().set(name, value)
    for ddl in (pipeline.source_table(source), *pipeline.sink_tables(sinks), *pipeline.views(zone)):
        table_environment.execute_sql(ddl)
    inserts = table_environment.create_statement_set()
    for statement in pipeline.statements():
        inserts.add_insert_sql(statement)
    return inserts


def main() -> None:
    """Submit the job with the environment's settings; the JobManager goes on running it."""
    settings = load(os.environ)
    job = statement_set(settings.business_time_zone, connectors.source(settings), connectors.sinks(settings))
    job.execute()


if __name__ == "__main__":
    main()
