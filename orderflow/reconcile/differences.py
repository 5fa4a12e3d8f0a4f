"""Which rows differ, and how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Row = Sequence[str | None]
"""A row's values as canonical texts, key columns first."""

Key = tuple[str | None, ...]

MISSING = "missing in PostgreSQL"
EXTRA = "extra in PostgreSQL"
DIFFERENT = "different"
REFUSED = "refused (see orders-dlq)"

MOST_NAMED = 1_000
"""Differences of a table that are named; a table that is all wrong needs no memory."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One differing row; `columns` holds (MySQL's value, PostgreSQL's value) by column name when both sides have it."""

    key: Key
    kind: str
    columns: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    reason: str = ""
    """Why PostgreSQL holds the order for not whole, if it does."""

    def __str__(self) -> str:
        """Return the difference as one line."""
        values = "; ".join(
            f"{name}: MySQL {_show(old)}, PostgreSQL {_show(new)}" for name, (old, new) in self.columns.items()
        )
        told = "; ".join(filter(None, (values, self.reason and f"flagged: {self.reason}")))
        return f"{'/'.join(map(str, self.key))} {self.kind}" + (f" ({told})" if told else "")

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        columns = {name: {"mysql": old, "postgres": new} for name, (old, new) in self.columns.items()}
        more = {"columns": columns, "reason": self.reason}
        return {"key": list(self.key), "kind": self.kind} | {name: value for name, value in more.items() if value}


@dataclass
class Named:
    """The first differences of a table, and how many there are."""

    first: list[Difference] = field(default_factory=list)
    count: int = 0

    def add(self, difference: Difference) -> None:
        """Count a difference, and keep it unless there are many."""
        self.count += 1
        if len(self.first) < MOST_NAMED:
            self.first.append(difference)


def name(columns: Sequence[str], key: int, mysql: Sequence[Row], postgres: Sequence[Row]) -> Iterator[Difference]:
    """Yield a difference for each row that is not the same on both sides; the first `key` columns identify a row."""
    left, right = ({tuple(row[:key]): row for row in rows} for rows in (mysql, postgres))
    for row_key in [*left, *(extra for extra in right if extra not in left)]:
        if row_key not in right:
            yield Difference(row_key, MISSING)
        elif row_key not in left:
            yield Difference(row_key, EXTRA)
        elif tuple(left[row_key]) != tuple(right[row_key]):
            yield Difference(row_key, DIFFERENT, _columns(columns, left[row_key], right[row_key]))


def _columns(names: Sequence[str], left: Row, right: Row) -> dict[str, tuple[str | None, str | None]]:
    return {name: (old, new) for name, old, new in zip(names, left, right, strict=True) if old != new}


def _show(value: str | None) -> str:
    return "NULL" if value is None else repr(value)
