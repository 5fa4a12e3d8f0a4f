"""Two snapshots compared: summaries of all tables first, rows only where these differ."""

from collections.abc import Iterator, Mapping, Sequence

from orderflow.reconcile.canonical import checksum
from orderflow.reconcile.chunks import Summary, differing
from orderflow.reconcile.differences import Difference, Row, name
from orderflow.reconcile.mysql import MySQLSnapshot
from orderflow.reconcile.postgres import PostgresSnapshot
from orderflow.reconcile.report import SHOWN_TOTALS, TableReport
from orderflow.reconcile.tables import ROW_TABLES, Table
from orderflow.reconcile.totals import ALL, Totals, recount


class Comparison:
    """Reads every summary and the totals at once; `reports` fetches the rows of differing chunks."""

    def __init__(self, source: MySQLSnapshot, target: PostgresSnapshot, zone: str) -> None:
        self._source, self._target = source, target
        self._left, self._right = _summaries(source), _summaries(target)
        recounted = recount(source.rows, zone)
        self._totals = [_totals_report(totals, recounted[totals.name], target.rows(totals.postgres)) for totals in ALL]

    @property
    def equal(self) -> bool:
        """Nothing differs."""
        return self._left == self._right and all(report.equal for report in self._totals)

    def source_is(self, later: MySQLSnapshot) -> bool:
        """Say whether MySQL's rows are still those that were compared."""
        return _summaries(later) == self._left

    def reports(self) -> list[TableReport]:
        """Return every table's report, with the differing rows named."""
        return [*(self._rows_report(table) for table in ROW_TABLES), *self._totals]

    def _rows_report(self, table: Table) -> TableReport:
        left, right = self._left[table.name], self._right[table.name]
        differences = list(self._differences(table, differing(left, right)))
        return TableReport(table.name, left.rows, right.rows, left.checksum, right.checksum, differences)

    def _differences(self, table: Table, chunks: list[int]) -> Iterator[Difference]:
        names = [column.name for column in table.columns]
        for chunk in chunks:
            yield from name(names, table.key, self._source.chunk(table, chunk), self._target.chunk(table, chunk))


def _summaries(side: MySQLSnapshot | PostgresSnapshot) -> Mapping[str, Summary]:
    return {table.name: side.summary(table) for table in ROW_TABLES}


def _totals_report(totals: Totals, mysql: Sequence[Row], postgres: Sequence[Row]) -> TableReport:
    differences = list(name(totals.names, totals.key, mysql, postgres))
    return TableReport(
        totals.name, len(mysql), len(postgres), checksum(mysql), checksum(postgres), differences, SHOWN_TOTALS
    )
