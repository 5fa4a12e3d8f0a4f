"""The result of a comparison, for people and for machines."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from orderflow.reconcile.canonical import show
from orderflow.reconcile.differences import Difference

SHOWN_DIFFERENCES = 20
SHOWN_TOTALS = 3
"""Totals follow from rows: where rows differ, they differ everywhere."""

EQUAL = "MySQL = PostgreSQL"
UNEQUAL = "MySQL != PostgreSQL"


@dataclass(frozen=True)
class TableReport:
    """One table on both sides; `differences` names every row that is not the same."""

    name: str
    mysql_rows: int
    postgres_rows: int
    mysql_checksum: int
    postgres_checksum: int
    differences: list[Difference] = field(default_factory=list)
    shown: int = SHOWN_DIFFERENCES

    @property
    def equal(self) -> bool:
        """Same count and same checksum."""
        return (self.mysql_rows, self.mysql_checksum) == (self.postgres_rows, self.postgres_checksum)

    def lines(self, width: int) -> Iterator[str]:
        """Yield the table's line, then its first differences."""
        yield f"{self.name:<{width}}  {self._counts()}  {self._verdict()}"
        for difference in self.differences[: self.shown]:
            yield f"  {self.name} {difference}"
        if (more := len(self.differences) - self.shown) > 0:
            yield f"  and {more:,} more (--json names them all)"

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "table": self.name,
            "equal": self.equal,
            "mysql": {"rows": self.mysql_rows, "checksum": show(self.mysql_checksum)},
            "postgres": {"rows": self.postgres_rows, "checksum": show(self.postgres_checksum)},
            "differences": [difference.as_dict() for difference in self.differences],
        }

    def _counts(self) -> str:
        sign = "=" if self.mysql_rows == self.postgres_rows else "!="
        return f"{self.mysql_rows:>10,} {sign:>2} {self.postgres_rows:<10,}"

    def _verdict(self) -> str:
        mysql, postgres = (show(checksum)[:8] for checksum in (self.mysql_checksum, self.postgres_checksum))
        if self.equal:
            return f"checksum {mysql}  equal"
        return f"checksum {mysql} != {postgres}  {len(self.differences):,} rows differ"


@dataclass(frozen=True)
class Report:
    """A comparison of all tables, or the `trouble` that kept it from being made."""

    tables: list[TableReport] = field(default_factory=list)
    trouble: str | None = None
    seconds: float = 0.0

    @property
    def equal(self) -> bool:
        """Everything was compared, and is the same."""
        return self.trouble is None and all(table.equal for table in self.tables)

    def lines(self) -> Iterator[str]:
        """Yield one line a table, the differences, and the verdict as the last line."""
        width = max((len(table.name) for table in self.tables), default=0)
        for table in self.tables:
            yield from table.lines(width)
        yield self.verdict()

    def verdict(self) -> str:
        """Return `MySQL = PostgreSQL`, or what is the matter."""
        if self.equal:
            return EQUAL
        unequal = [table.name for table in self.tables if not table.equal]
        return f"{UNEQUAL}: {self.trouble or 'rows differ in ' + ', '.join(unequal)}"

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        tables = [table.as_dict() for table in self.tables]
        return {"equal": self.equal, "verdict": self.verdict(), "seconds": round(self.seconds, 3), "tables": tables}
