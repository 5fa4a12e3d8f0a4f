"""`orderflow rebuild`: make PostgreSQL's tables anew from the documents in Kafka."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
import psycopg2
from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.core.groups import flink_groups
from orderflow.core.settings import Settings
from orderflow.core.topics import PROCESSED_ORDERS
from orderflow.environment import settings as load_settings

NOTICED_SECONDS = 180
"""The job looks every ten seconds whether its build is still there, and a JobManager starts within a minute or two."""

POLL_SECONDS = 2.0

WHAT = """This empties orders, order_items and all totals in PostgreSQL and fills them again from processed-orders.
Queries see the tables grow meanwhile; MySQL and Kafka are only read. order-stats gets a tombstone for each window."""


@dataclass(frozen=True)
class Progress:
    """Records of processed-orders: `stored` of `total`; a partition's smaller reader counts."""

    stored: int
    total: int


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--timeout", type=click.FloatRange(min=1), default=3600.0, show_default=True,
    help="Seconds to wait until the tables have caught up.",
)  # fmt: skip
def command(yes: bool, timeout: float) -> None:
    """Make PostgreSQL's tables anew from the documents in Kafka.

    For damage that touching an order in MySQL does not mend: deleted or invented totals, a restored backup. Exit code
    0 once everything that was in the topic is stored, 1 when it is not.
    """
    click.echo(WHAT)
    if not yes:
        click.confirm("Go on?", abort=True)
    own = load_settings()
    try:
        before = ask(own)
        build = awaited_build(own, before)
        click.echo(f"the tables are empty; build {build} begins")
        follow(own, build, time.monotonic() + timeout)
    except (psycopg2.Error, KafkaError) as problem:
        raise click.ClickException(f"{str(problem).strip()}: see `orderflow status`") from None
    click.echo("all documents are stored: `orderflow reconcile` proves it")


def ask(settings: Settings) -> str | None:
    """Delete the record of the present build, which the job misses within seconds; return its id."""
    session = connections.postgres_writer(settings)
    try:
        with session, session.cursor() as cursor:
            cursor.execute("DELETE FROM builds RETURNING build_id::text")
            row = cursor.fetchone()
        return row[0] if row else None
    finally:
        session.close()


def awaited_build(settings: Settings, before: str | None) -> str:
    """Return the id of the build that the job opens; raises ClickException when none comes."""
    session = connections.postgres(settings)
    session.autocommit = True
    try:
        deadline = time.monotonic() + NOTICED_SECONDS
        while time.monotonic() < deadline:
            with session.cursor() as cursor:
                cursor.execute("SELECT build_id::text FROM builds")
                row = cursor.fetchone()
            if row and row[0] != before:
                return str(row[0])
            time.sleep(POLL_SECONDS)
    finally:
        session.close()
    raise click.ClickException(
        f"the Flink job opened no build within {NOTICED_SECONDS} s. It will once it starts: `orderflow up`,"
        " and `orderflow logs flink-jobmanager` says what it waits for"
    )


def follow(settings: Settings, build: str, deadline: float) -> None:
    """Print how far the build is until it stored all that the topic now holds; raises ClickException at `deadline`."""
    admin, reader = connections.kafka_admin(settings), connections.kafka_reader(settings)
    try:
        began, goal = time.monotonic(), _offsets(reader.end_offsets)
        for done in looks(admin, flink_groups(settings.flink_group, build), _offsets(reader.beginning_offsets), goal):
            rate = done.stored / max(time.monotonic() - began, 1)
            click.echo(f"{done.stored:,} of {done.total:,} documents stored, {rate:,.0f} a second")
            if done.stored >= done.total:
                return
            if time.monotonic() > deadline:
                raise click.ClickException("not caught up in time; the rebuild goes on: see `orderflow status`")
            time.sleep(POLL_SECONDS)
    finally:
        admin.close()
        reader.close()


def looks(admin: Any, groups: tuple[str, str], first: dict[int, int], goal: dict[int, int]) -> Iterator[Progress]:
    """Yield the progress of `groups` from the offsets `first` to `goal`, by partition, as often as asked."""
    while True:
        committed = [_committed(admin, group) for group in groups]
        yield progress(committed, first, goal)


def progress(committed: list[dict[int, int]], first: dict[int, int], goal: dict[int, int]) -> Progress:
    """Return how much of `first` to `goal` every reader has stored; what a reader never committed it has not read."""
    stored = 0
    for partition, begin in first.items():
        reached = min(offsets.get(partition, begin) for offsets in committed)
        stored += min(max(reached, begin), goal[partition]) - begin
    return Progress(stored, sum(goal[partition] - begin for partition, begin in first.items()))


def _committed(admin: Any, group: str) -> dict[int, int]:
    offsets = admin.list_group_offsets({group: None}).get(group, {})
    return {place.partition: found.offset for place, found in offsets.items() if place.topic == PROCESSED_ORDERS.name}


def _offsets(ask_for: Any) -> dict[int, int]:
    places = [TopicPartition(PROCESSED_ORDERS.name, number) for number in range(PROCESSED_ORDERS.partitions)]
    return {place.partition: offset for place, offset in ask_for(places).items()}
