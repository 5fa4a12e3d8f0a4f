"""The comparison: a snapshot of MySQL, the wait until PostgreSQL holds it, both sides by checksum, then row by row."""

import time
from collections.abc import Callable
from time import monotonic

import psycopg2
import pymysql
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow.core.settings import Settings
from orderflow.reconcile import comparison, mysql, postgres
from orderflow.reconcile.arrival import TELL_SECONDS, NotComparableError, Tell, await_cut
from orderflow.reconcile.report import Report, TableReport

ATTEMPTS = 3
RETRY_SECONDS = 1.0
"""The pause before a server that went away is asked again."""

LOST = (
    pymysql.OperationalError, pymysql.InterfaceError, pymysql.InternalError,
    psycopg2.OperationalError, psycopg2.InterfaceError, KafkaError,
)  # fmt: skip
"""What a server raises that stops, starts, or was killed: it may come back."""


def compare(settings: Settings, timeout_seconds: float, tell: Tell = lambda line: None) -> Report:
    """Compare MySQL with PostgreSQL, waiting `timeout_seconds` at most for the line to catch up with MySQL.

    Never raises for a server that is away or a line that lags: the report's `trouble` says so. A server that comes
    back within that time is asked again.
    """
    began = monotonic()
    try:
        tables = _settled(settings, timeout_seconds, tell)
    except NotComparableError as trouble:
        return Report([], str(trouble), monotonic() - began)
    except (pymysql.MySQLError, psycopg2.Error, KafkaError) as error:
        trouble_text = f"{_server(error)} does not answer: {_text(error)} (see orderflow status)"
        return Report([], trouble_text, monotonic() - began)
    return Report(tables, None, monotonic() - began)


def _settled(settings: Settings, timeout_seconds: float, tell: Tell) -> list[TableReport]:
    """Compare until the sides are equal, or MySQL stood still while they were not."""
    attempt, patient_until = 1, None
    while attempt <= ATTEMPTS:
        try:
            tables = _attempt(settings, timeout_seconds, tell)
        except LOST as error:
            patient_until = patient_until or monotonic() + timeout_seconds
            if monotonic() >= patient_until:
                raise
            tell(f"{_server(error)} does not answer, asking again: {_text(error)}")
            time.sleep(RETRY_SECONDS)  # the back-off between two attempts to connect
            continue
        if tables is not None:
            return tables
        tell(f"MySQL changed during comparison {attempt} of {ATTEMPTS}, or PostgreSQL's tables were rebuilt")
        attempt, patient_until = attempt + 1, None
    raise NotComparableError(
        f"writers are active: MySQL changed during all {ATTEMPTS} comparisons; stop them and try again"
    )


def _attempt(settings: Settings, timeout_seconds: float, tell: Tell) -> list[TableReport] | None:
    """Return the tables, or None when what they show may be of two moments."""
    doing = _now_and_then(tell)
    with mysql.snapshot(settings) as source:
        build = await_cut(settings, source.opened_us, timeout_seconds, tell)
        with postgres.snapshot(settings) as target:
            if target.build_id != build:
                return None  # emptied between the wait and the look
            tables = comparison.compare(source, target, settings.business_time_zone, doing)
            if all(table.equal for table in tables):
                return tables
    seen = {table.name: table.mysql_checksum for table in tables}
    with mysql.snapshot(settings) as later:
        return tables if comparison.summaries(later, doing).items() <= seen.items() else None


def _now_and_then(tell: Tell) -> Callable[[str], None]:
    """Return what passes on a line every few seconds, from the first few on."""
    told = monotonic()

    def doing(line: str) -> None:
        nonlocal told
        if monotonic() - told >= TELL_SECONDS:
            told = monotonic()
            tell(line)

    return doing


def _server(error: Exception) -> str:
    if isinstance(error, KafkaError):
        return "Kafka"
    return "PostgreSQL" if isinstance(error, psycopg2.Error) else "MySQL"


def _text(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
