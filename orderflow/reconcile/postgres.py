"""PostgreSQL's side: one repeatable-read transaction, from which chunks, rows and totals are read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from orderflow import connections, stored
from orderflow.connections import Postgres
from orderflow.core.settings import Settings
from orderflow.reconcile.canonical import from_bits, postgres_checksum, postgres_text
from orderflow.reconcile.chunks import CHUNK_BITS, Progress, Summary, bounds, spans
from orderflow.reconcile.differences import Row
from orderflow.reconcile.refusals import TOO_LARGE
from orderflow.reconcile.tables import Table


class PostgresSnapshot:
    """Everything as it was at the first query."""

    def __init__(self, connection: Postgres) -> None:
        self._connection = connection

    @property
    def build_id(self) -> str | None:
        """Which rebuild the rows come from."""
        return stored.build_id(self._connection)

    def rows(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]  # as wide and as typed as the query
        """Return all rows of a query."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def summary(self, table: Table, progress: Progress) -> Summary:
        """Return the table's chunks."""
        checksum = postgres_checksum(postgres_text(column.kind, column.postgres) for column in table.columns)
        chunk = f"{table.postgres_id} >> {CHUNK_BITS}"
        sql = f"SELECT {chunk} AS chunk, count(*), {checksum} FROM {table.postgres_from} WHERE {{}} GROUP BY chunk"
        chunks: dict[int, tuple[int, int]] = {}
        for first, last in spans(lambda first: self._smallest(table, first)):
            found = self.rows(sql.format(f"{table.postgres_id} BETWEEN {first} AND {last}"))
            chunks |= {number: (rows, from_bits(bits)) for number, rows, bits in found}
            progress(last)
        return Summary(chunks)

    def _smallest(self, table: Table, first: int) -> int | None:
        name = "order_items" if table.postgres_from == "order_items" else "orders"
        ((found,),) = self.rows(f"SELECT min(order_id) FROM {name} WHERE order_id >= {first}")
        return found if found is None else int(found)

    def chunk(self, table: Table, number: int) -> Sequence[Row]:
        """Return a chunk's rows, each with its order's reason as one more value at the end."""
        texts = ", ".join(postgres_text(column.kind, column.postgres) for column in table.columns)
        first, last = bounds(number)
        where = f"{table.postgres_id} BETWEEN {first} AND {last}"
        return self.rows(f"SELECT {texts}, {table.reason} FROM {table.postgres_from} WHERE {where}")

    def too_large(self, number: int) -> set[str]:
        """Return a chunk's orders that stand without their lines because their documents fit no message."""
        first, last = bounds(number)
        where = f"order_id BETWEEN {first} AND {last} AND incomplete_reason LIKE '{TOO_LARGE}%'"
        return {row[0] for row in self.rows(f"SELECT order_id::text FROM orders WHERE {where}")}


@contextmanager
def snapshot(settings: Settings) -> Iterator[PostgresSnapshot]:
    """Open a snapshot; raises psycopg2.Error."""
    connection = connections.postgres(settings)
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    try:
        yield PostgresSnapshot(connection)
    finally:
        connection.close()
