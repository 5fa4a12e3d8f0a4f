"""The result of a comparison, for people and for machines."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from orderflow.reconcile.canonical import show
from orderflow.reconcile.differences import MOST_NAMED, Named

SHOWN_DIFFERENCES = 20
SHOWN_TOTALS = 3
"""Totals follow from rows: where rows differ, they differ everywhere."""

SHOWN_REFUSED = 3

EQUAL = "MySQL = PostgreSQL"
UNEQUAL = "MySQL != PostgreSQL"
NOT_COMPARED = "could not compare"


@dataclass(frozen=True)
class TableReport:
    """One table on both sides: the rows that are not the same, those refused with good reason apart."""

    name: str
    mysql_rows: int
    postgres_rows: int
    mysql_checksum: int
    postgres_checksum: int
    differences: Named = field(default_factory=Named)
    refused: Named = field(default_factory=Named)
    shown: int = SHOWN_DIFFERENCES

    @property
    def same(self) -> bool:
        """Same count and same checksum."""
        return (self.mysql_rows, self.mysql_checksum) == (self.postgres_rows, self.postgres_checksum)

    @property
    def equal(self) -> bool:
        """The same, save rows that had to be refused."""
        return self.same or (self.refused.count > 0 and self.differences.count == 0)

    def lines(self, width: int) -> Iterator[str]:
        """Yield the table's line, then its first differences."""
        yield f"{self.name:<{width}}  {self._counts()}  {self._verdict()}"
        for named, shown in ((self.differences, self.shown), (self.refused, SHOWN_REFUSED)):
            for difference in named.first[:shown]:
                yield f"  {self.name} {difference}"
            if (more := named.count - shown) > 0:
                yield f"  and {more:,} more (--json names the first {MOST_NAMED:,})"

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "table": self.name,
            "equal": self.equal,
            "mysql": {"rows": self.mysql_rows, "checksum": show(self.mysql_checksum)},
            "postgres": {"rows": self.postgres_rows, "checksum": show(self.postgres_checksum)},
            "differing": self.differences.count,
            "differences": [difference.as_dict() for difference in self.differences.first],
            "refused": self.refused.count,
            "refusals": [difference.as_dict() for difference in self.refused.first],
        }

    def _counts(self) -> str:
        sign = "=" if self.mysql_rows == self.postgres_rows else "!="
        return f"{self.mysql_rows:>10,} {sign:>2} {self.postgres_rows:<10,}"

    def _verdict(self) -> str:
        mysql, postgres = (show(checksum)[:8] for checksum in (self.mysql_checksum, self.postgres_checksum))
        if self.same:
            return f"checksum {mysql}  equal"
        if self.equal:
            return f"checksum {mysql} != {postgres}  equal but for {self.refused.count:,} refused"
        return f"checksum {mysql} != {postgres}  {self.differences.count:,} rows differ"


@dataclass(frozen=True)
class Report:
    """A comparison of all tables, or the `trouble` that kept it from being made."""

    tables: list[TableReport] = field(default_factory=list)
    trouble: str | None = None
    seconds: float = 0.0

    @property
    def equal(self) -> bool:
        """Everything was compared, and is the same save rows that had to be refused."""
        return self.trouble is None and all(table.equal for table in self.tables)

    @property
    def exit_code(self) -> int:
        """0 equal, 1 different, 2 not compared."""
        if self.trouble is not None:
            return 2
        return 0 if self.equal else 1

    def lines(self) -> Iterator[str]:
        """Yield one line a table, the differences, and the verdict as the last line."""
        width = max((len(table.name) for table in self.tables), default=0)
        for table in self.tables:
            yield from table.lines(width)
        yield self.verdict()

    def verdict(self) -> str:
        """Return `MySQL = PostgreSQL`, or what is the matter."""
        if self.trouble is not None:
            return f"{NOT_COMPARED}: {self.trouble}"
        refused = sum(table.refused.count for table in self.tables)
        if self.equal:
            return EQUAL + (f", {refused:,} rows refused (see orders-dlq)" if refused else "")
        unequal = [table.name for table in self.tables if not table.equal]
        return f"{UNEQUAL}: rows differ in {', '.join(unequal)}"

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        tables = [table.as_dict() for table in self.tables]
        return {"equal": self.equal, "verdict": self.verdict(), "seconds": round(self.seconds, 3), "tables": tables}
