"""PostgreSQL's side: one repeatable-read transaction, from which chunks, rows and totals are read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from orderflow import connections
from orderflow.connections import Postgres
from orderflow.core.settings import Settings
from orderflow.reconcile.canonical import from_bits, postgres_checksum, postgres_text
from orderflow.reconcile.chunks import CHUNK_ORDERS, Summary
from orderflow.reconcile.differences import Row
from orderflow.reconcile.tables import Table


class PostgresSnapshot:
    """Everything as it was at the first query."""

    def __init__(self, connection: Postgres) -> None:
        self._connection = connection

    def rows(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]  # as wide and as typed as the query
        """Return all rows of a query."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def summary(self, table: Table) -> Summary:
        """Return the table's chunks."""
        checksum = postgres_checksum(postgres_text(column.kind, column.postgres) for column in table.columns)
        chunk = f"{table.postgres_id} / {CHUNK_ORDERS}"
        sql = f"SELECT {chunk} AS chunk, count(*), {checksum} FROM {table.postgres_from} GROUP BY chunk"
        return Summary({number: (rows, from_bits(bits)) for number, rows, bits in self.rows(sql)})

    def chunk(self, table: Table, number: int) -> Sequence[Row]:
        """Return a chunk's rows."""
        texts = ", ".join(postgres_text(column.kind, column.postgres) for column in table.columns)
        first, last = number * CHUNK_ORDERS, (number + 1) * CHUNK_ORDERS - 1
        where = f"{table.postgres_id} BETWEEN {first} AND {last}"
        return self.rows(f"SELECT {texts} FROM {table.postgres_from} WHERE {where}")


@contextmanager
def snapshot(settings: Settings) -> Iterator[PostgresSnapshot]:
    """Open a snapshot; raises psycopg2.Error."""
    connection = connections.postgres(settings)
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    try:
        yield PostgresSnapshot(connection)
    finally:
        connection.close()
