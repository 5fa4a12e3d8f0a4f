"""`orderflow snapshot`: read every captured table anew."""

import time
from functools import partial

import click
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.connect import ConnectError, new_snapshot
from orderflow.core.settings import Settings
from orderflow.core.topics import MYSQL_ORDERS
from orderflow.environment import settings
from orderflow.stack import lags, topics
from orderflow.stack.service import StackError
from orderflow.stack.waiting import wait_until

SAY_SECONDS = 5.0


@click.command()
@click.option("--timeout", default=3600.0, show_default=True, help="Seconds to wait until it has come through.")
def command(timeout: float) -> None:
    """Take a new snapshot of the captured tables, and wait until it has come through.

    The way out when the capture stands at something that it cannot read (a DDL statement, a row image that is not
    FULL, a schema history that was emptied), after a TRUNCATE, a restore, or changes under sql_log_bin = 0. The
    connector forgets its place in the binlog, reads every table as it is now and goes on behind that; orders that are
    gone from MySQL are removed. Nothing is locked and nothing is deleted: the shop goes on, consumers see documents
    anew only where they differ. It reads some 30,000 rows a second.
    """
    values = settings()
    began = time.time()
    try:
        topics.ensure(values)
        name = new_snapshot(values, click.echo)
        wait_until(Through(values, time.time()).awaited, timeout)
    except (ConnectError, StackError, KafkaError) as failed:
        raise click.ClickException(str(failed)) from None
    click.echo(f"{name}: the snapshot has come through in {time.time() - began:.0f} s, and ticks flow behind it")


class Through:
    """Waits until a tick that MySQL wrote after `since` (Unix time) has come out of the workers, and says how it goes.

    No tick passes a snapshot that had begun by then: in each partition the workers have read all of it, and removed
    what it did not show.
    """

    def __init__(self, values: Settings, since: float) -> None:
        self._settings, self._since = values, since
        self._said = time.monotonic()
        self._records = partial(_records, values)
        self._first: int | None = None

    def awaited(self) -> str | None:
        """Return what is still awaited, None when the snapshot is through."""
        try:
            age = lags.processed_tick_age(self._settings)
            self._say()
        except KafkaError as away:
            return f"Kafka does not answer: {away}"
        if age < time.time() - self._since:
            return None
        return "no tick has come through since the snapshot began: `orderflow status` says which stage stands"

    def _say(self) -> None:
        if time.monotonic() - self._said < SAY_SECONDS:
            return
        now = self._records()
        self._first = now if self._first is None else self._first
        click.echo(f"  {now - self._first:,} records read since the first look")
        self._said = time.monotonic()


def _records(values: Settings) -> int:
    reader = connections.kafka_reader(values)
    try:
        return sum(reader.end_offsets(lags.partitions_of(MYSQL_ORDERS)).values())
    finally:
        reader.close()
