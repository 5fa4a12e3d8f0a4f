"""The comparison: a snapshot of MySQL, the wait until PostgreSQL holds it, both sides by checksum, then row by row."""

from collections.abc import Callable
from contextlib import closing
from time import monotonic

import psycopg2
import pymysql
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow.core.settings import Settings
from orderflow.reconcile import mysql, postgres
from orderflow.reconcile.comparison import Comparison
from orderflow.reconcile.cut import Cut
from orderflow.reconcile.line import Line
from orderflow.reconcile.report import Report, TableReport

ATTEMPTS = 3
POLL_SECONDS = 0.5
TELL_SECONDS = 5.0

Tell = Callable[[str], None]


class NotComparableError(Exception):
    """The two sides cannot be compared; the text says why and what to do."""


def compare(settings: Settings, timeout_seconds: float, tell: Tell = lambda line: None) -> Report:
    """Compare MySQL with PostgreSQL, waiting `timeout_seconds` at most for the line to catch up with MySQL.

    Never raises for a server that is away or a line that lags: the report's `trouble` says so.
    """
    began = monotonic()
    try:
        tables = _settled(settings, timeout_seconds, tell)
    except NotComparableError as trouble:
        return Report([], str(trouble), monotonic() - began)
    except (pymysql.MySQLError, psycopg2.Error) as error:
        return Report([], f"{_server(error)} does not answer: {error} (see orderflow status)", monotonic() - began)
    return Report(tables, None, monotonic() - began)


def _settled(settings: Settings, timeout_seconds: float, tell: Tell) -> list[TableReport]:
    """Compare until the sides are equal, or MySQL stood still while they were not."""
    for attempt in range(1, ATTEMPTS + 1):
        with mysql.snapshot(settings) as source:
            _catch_up(settings, source.opened_us, timeout_seconds, tell)
            with postgres.snapshot(settings) as target:
                comparison = Comparison(source, target, settings.business_time_zone)
                if comparison.equal or _stood_still(settings, comparison):
                    return comparison.reports()
        tell(f"MySQL changed during comparison {attempt} of {ATTEMPTS}")
    raise NotComparableError(
        f"writers are active: MySQL changed during all {ATTEMPTS} comparisons; stop them and try again"
    )


def _stood_still(settings: Settings, comparison: Comparison) -> bool:
    with mysql.snapshot(settings) as later:
        return comparison.source_is(later)


def _catch_up(settings: Settings, at_us: int, timeout_seconds: float, tell: Tell) -> None:
    """Wait until PostgreSQL holds MySQL's state of `at_us`; raises NotComparableError naming what lags."""
    deadline, cut, progress, told = monotonic() + timeout_seconds, Cut(at_us), Line(settings), monotonic()
    with closing(progress):
        while lagging := _look(cut, progress):
            if monotonic() >= deadline:
                raise NotComparableError(f"not caught up after {timeout_seconds:.0f} s: " + "; ".join(lagging))
            if monotonic() - told >= TELL_SECONDS:
                told = monotonic()
                tell("waiting for " + lagging[0])


def _look(cut: Cut, progress: Line) -> list[str]:
    try:
        for tick in progress.ticks(POLL_SECONDS):
            cut.see(tick)
        return cut.lagging(progress.stored())
    except KafkaError as error:
        progress.close()  # a broker that restarts, or a group whose coordinator is not there yet: asked again
        return [f"Kafka: {str(error).strip()}"]


def _server(error: Exception) -> str:
    return "PostgreSQL" if isinstance(error, psycopg2.Error) else "MySQL"
