"""The entry point that Flink runs in the JobManager: declare everything, submit, then see the restore through."""

import os

from pyflink.table import (  # type: ignore[import-untyped]  # pyflink ships no types
    EnvironmentSettings,
    StatementSet,
    TableEnvironment,
)

from flink import build, connectors, pipeline, plan, postgres_connection, restore
from flink.pipeline import Options
from flink.rest import FlinkRest
from orderflow.core.settings import load

JOB_NAME = "orderflow"


def environment() -> TableEnvironment:
    """Return a new environment with what the statements rely on; all else is in the cluster's config.yaml."""
    table_environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for key, value in ({"pipeline.name": JOB_NAME} | plan.OPTIONS).items():
        table_environment.get_config().set(key, value)
    return table_environment


def statement_set(
    target: TableEnvironment, zone: str, sources: dict[str, Options], sinks: dict[str, Options]
) -> StatementSet:
    """Declare tables and views in `target` and return all statements as one job, not yet started."""
    for ddl in (*pipeline.source_tables(sources), *pipeline.sink_tables(sinks), *pipeline.views(zone)):
        target.execute_sql(ddl)
    inserts = target.create_statement_set()
    for statement in pipeline.statements():
        inserts.add_insert_sql(statement)
    return inserts


def main() -> None:
    """Submit the job with the environment's settings; the JobManager goes on running it."""
    settings = load(os.environ)
    writer = postgres_connection.as_writer(settings)
    found = build.recorded(writer)
    writer.close()
    assert found is not None
    sources, sinks = connectors.sources(settings, found.build_id), connectors.sinks(settings)
    running = statement_set(environment(), settings.business_time_zone, sources, sinks).execute()
    rest = FlinkRest(settings.flink_jobmanager_host, settings.flink_rest_port)
    restore.see_through(rest, str(running.get_job_client().get_job_id()))


if __name__ == "__main__":
    main()
