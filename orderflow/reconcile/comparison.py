"""Two snapshots compared: summaries of all tables first, rows only where these differ."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from orderflow.reconcile import refusals
from orderflow.reconcile.canonical import checksum
from orderflow.reconcile.chunks import Summary, differing
from orderflow.reconcile.differences import REFUSED, Difference, Named, Row, name
from orderflow.reconcile.mysql import MySQLSnapshot
from orderflow.reconcile.postgres import PostgresSnapshot
from orderflow.reconcile.report import SHOWN_TOTALS, TableReport
from orderflow.reconcile.tables import DOCUMENT_LINES, ORDER_ITEMS, ROW_TABLES, STORED_LINES, Table
from orderflow.reconcile.totals import ALL, Totals, recount

Doing = Callable[[str], None]
"""Gets what is being done, often."""


def compare(source: MySQLSnapshot, target: PostgresSnapshot, zone: str, doing: Doing) -> list[TableReport]:
    """Return every table's report, with the differing rows named; `zone` is the business time zone."""
    rows = [_rows_report(table, source, target, doing) for table in ROW_TABLES]
    lines = _lines_report(target, doing)
    doing("recounting the totals")
    recounted = recount(target.rows, zone)
    totals = [_totals_report(one, recounted[one.name], target.rows(one.stored)) for one in ALL]
    return [*rows, lines, *totals]


def summaries(source: MySQLSnapshot, doing: Doing) -> Mapping[str, int]:
    """Return the checksum of each of MySQL's tables: another one says that somebody wrote."""
    return {table.name: _summary(source, table, "MySQL", doing).checksum for table in ROW_TABLES}


def _summary(side: MySQLSnapshot | PostgresSnapshot, table: Table, server: str, doing: Doing) -> Summary:
    return side.summary(table, lambda id: doing(f"reading {table.name} of {server}, up to order {id:,}"))


def _rows_report(table: Table, source: MySQLSnapshot, target: PostgresSnapshot, doing: Doing) -> TableReport:
    left, right = _summary(source, table, "MySQL", doing), _summary(target, table, "PostgreSQL", doing)
    return _report(table, left, right, partial(_row_differences, table, source, target), doing)


def _row_differences(table: Table, source: MySQLSnapshot, target: PostgresSnapshot, chunk: int) -> Iterator[Difference]:
    too_large = target.too_large(chunk) if table is ORDER_ITEMS else set[str]()
    return refusals.differences(table, source.chunk(table, chunk), target.chunk(table, chunk), too_large)


def _lines_report(target: PostgresSnapshot, doing: Doing) -> TableReport:
    left, right = (_summary(target, table, "PostgreSQL", doing) for table in (DOCUMENT_LINES, STORED_LINES))

    def named(chunk: int) -> Iterator[Difference]:
        return refusals.differences(
            STORED_LINES, target.chunk(DOCUMENT_LINES, chunk), target.chunk(STORED_LINES, chunk)
        )

    return _report(STORED_LINES, left, right, named, doing)


def _report(
    table: Table, left: Summary, right: Summary, named: Callable[[int], Iterator[Difference]], doing: Doing
) -> TableReport:
    differences, refused = Named(), Named()
    chunks = differing(left, right)
    for nth, chunk in enumerate(chunks, 1):
        doing(f"naming what differs in {table.name}, part {nth:,} of {len(chunks):,}")
        for difference in named(chunk):
            (refused if difference.kind == REFUSED else differences).add(difference)
    return TableReport(table.name, left.rows, right.rows, left.checksum, right.checksum, differences, refused)


def _totals_report(totals: Totals, counted: Sequence[Row], stored: Sequence[Row]) -> TableReport:
    differences = Named()
    for difference in name(totals.names, totals.key, counted, stored):
        differences.add(difference)
    return TableReport(
        totals.name, len(counted), len(stored), checksum(counted), checksum(stored), differences, shown=SHOWN_TOTALS
    )
