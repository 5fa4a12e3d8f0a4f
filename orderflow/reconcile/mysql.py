"""MySQL's side: one consistent snapshot, from which chunks and rows are read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from orderflow import connections
from orderflow.connections import MySQL
from orderflow.core.settings import Settings
from orderflow.reconcile.canonical import from_hex, mysql_checksum, mysql_text
from orderflow.reconcile.chunks import CHUNK_BITS, Progress, Summary, bounds, spans
from orderflow.reconcile.differences import Row
from orderflow.reconcile.tables import Table

_SNAPSHOT = (
    "SET SESSION sort_buffer_size = 4 * 1024 * 1024",
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)


class MySQLSnapshot:
    """Everything as it was when the snapshot was opened."""

    def __init__(self, connection: MySQL) -> None:
        self._connection = connection
        for statement in _SNAPSHOT:
            self.rows(statement)
        ((self.opened_us,),) = self.rows("SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS UNSIGNED)")

    opened_us: int
    """MySQL's clock just after the snapshot was opened: a tick committed later stands behind all it shows."""

    def rows(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]  # as wide and as typed as the query
        """Return all rows of a query."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def summary(self, table: Table, progress: Progress) -> Summary:
        """Return the table's chunks."""
        checksum = mysql_checksum(mysql_text(column.kind, column.mysql) for column in table.columns)
        chunk = f"{table.mysql_id} >> {CHUNK_BITS}"
        sql = f"SELECT {chunk} AS chunk, COUNT(*), {checksum} FROM {table.mysql_from} WHERE {{}} GROUP BY chunk"
        chunks: dict[int, tuple[int, int]] = {}
        for first, last in spans(lambda first: self._smallest(table, first), 0):
            found = self.rows(sql.format(f"{table.mysql_id} BETWEEN {first} AND {last}"))
            chunks |= {int(number): (rows, from_hex(digits)) for number, rows, digits in found}
            progress(last)
        return Summary(chunks)

    def _smallest(self, table: Table, first: int) -> int | None:
        ((found,),) = self.rows(f"SELECT MIN({table.mysql_id}) FROM {table.ids} WHERE {table.mysql_id} >= {first}")
        return found if found is None else int(found)

    def chunk(self, table: Table, number: int) -> Sequence[Row]:
        """Return a chunk's rows, each with its refusal as one more value at the end."""
        texts = ", ".join(mysql_text(column.kind, column.mysql) for column in table.columns)
        first, last = bounds(number)
        where = f"{table.mysql_id} BETWEEN {first} AND {last}"
        return self.rows(f"SELECT {texts}, {table.refused} FROM {table.mysql_from} WHERE {where}")


@contextmanager
def snapshot(settings: Settings) -> Iterator[MySQLSnapshot]:
    """Open a snapshot; raises pymysql.MySQLError."""
    connection = connections.mysql(settings)
    try:
        yield MySQLSnapshot(connection)
    finally:
        connection.close()
