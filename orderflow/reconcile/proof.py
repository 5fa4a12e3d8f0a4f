"""The comparison: a snapshot of MySQL, the wait until PostgreSQL holds it, both sides by checksum, then row by row."""

from time import monotonic

import psycopg2
import pymysql

from orderflow.core.settings import Settings
from orderflow.reconcile import mysql, postgres
from orderflow.reconcile.arrival import NotComparableError, Tell, await_cut
from orderflow.reconcile.comparison import Comparison
from orderflow.reconcile.report import Report, TableReport

ATTEMPTS = 3


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
            await_cut(settings, source.opened_us, timeout_seconds, tell)
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


def _server(error: Exception) -> str:
    return "PostgreSQL" if isinstance(error, psycopg2.Error) else "MySQL"
