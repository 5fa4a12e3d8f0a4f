"""The entry point that Flink runs in the JobManager: plan everything, prepare, submit, then watch over the job."""

import os
from collections.abc import Mapping
from functools import partial

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]  # py4j ships no types
from pyflink.table import (  # type: ignore[import-untyped]  # pyflink ships no types
    EnvironmentSettings,
    StatementSet,
    TableEnvironment,
)
from pyflink.util.exceptions import JavaException  # type: ignore[import-untyped]  # as above

from flink import attempts, build, connectors, intent, pipeline, plan, rebuild, restore, watch
from flink.folders import Folders, folders
from flink.intent import Intent
from flink.pipeline import Options
from flink.rest import FlinkRest
from flink.restore import RestoreError
from orderflow.core.settings import Settings, load

JOB_NAME = "orderflow"


def environment() -> TableEnvironment:
    """Return a new environment with what the statements rely on; all else is in the cluster's config.yaml."""
    table_environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for key, value in ({"pipeline.name": JOB_NAME} | plan.OPTIONS).items():
        table_environment.get_config().set(key, value)
    return table_environment


def statement_set(
    target: TableEnvironment, zone: str, sources: Mapping[str, Options], sinks: Mapping[str, Options]
) -> StatementSet:
    """Declare tables and views in `target` and return all statements as one job, not yet started."""
    for ddl in (*pipeline.source_tables(sources), *pipeline.sink_tables(sinks), *pipeline.views(zone)):
        target.execute_sql(ddl)
    inserts = target.create_statement_set()
    for statement in pipeline.statements():
        inserts.add_insert_sql(statement)
    return inserts


def planned(settings: Settings, own: Folders, wanted: Intent) -> StatementSet:
    """Return the job with the environment's settings; raises what the planner finds wrong with it."""
    sources, sinks = connectors.sources(settings, wanted.build.build_id), connectors.sinks(settings)
    statements = statement_set(environment(), settings.business_time_zone, sources, sinks)
    first = wanted.reason == build.NEVER_BUILT and build.noted(own) is None
    if wanted.state is None and not first:  # otherwise nothing is emptied: planning once, at submission, is enough
        statements.explain()
    return statements


def main() -> None:
    """Run the job as the start wrapper decided; nothing is deleted before JobManager and plan are there."""
    settings = load(os.environ)
    own, wanted = folders(settings, "jobmanager"), intent.from_environment(os.environ)
    statements = planned(settings, own, wanted)
    rebuild.prepare(settings, own, wanted)
    rest = FlinkRest(settings.flink_jobmanager_host, settings.flink_rest_port)
    job = started(statements, rest, own, wanted)
    watch.watch(rest, job, partial(watch.changed, settings, own, wanted.build))


def started(statements: StatementSet, rest: FlinkRest, own: Folders, wanted: Intent) -> str:
    """Submit the job and return its id once it saved a state of its own; a restored state that fails is counted."""
    try:
        job = str(statements.execute().get_job_client().get_job_id())
        restore.see_through(rest, job)
    except (RestoreError, Py4JJavaError, JavaException):  # said by a JVM that lives: a killed one proves nothing
        if wanted.state is not None:
            attempts.count(wanted.state, own.state / "attempts.json")
        raise
    return job


if __name__ == "__main__":
    main()
