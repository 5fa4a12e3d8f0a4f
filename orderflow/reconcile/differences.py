"""Which rows differ, and how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Row = Sequence[str | None]
"""A row's values as canonical texts, key columns first."""

Key = tuple[str | None, ...]

MISSING = "missing in PostgreSQL"
EXTRA = "extra in PostgreSQL"
DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Difference:
    """One differing row; `columns` holds (MySQL's value, PostgreSQL's value) by column name when both sides have it."""

    key: Key
    kind: str
    columns: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the difference as one line."""
        values = "; ".join(
            f"{name}: MySQL {_show(old)}, PostgreSQL {_show(new)}" for name, (old, new) in self.columns.items()
        )
        return f"{'/'.join(map(str, self.key))} {self.kind}" + (f" ({values})" if values else "")

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        columns = {name: {"mysql": old, "postgres": new} for name, (old, new) in self.columns.items()}
        return {"key": list(self.key), "kind": self.kind} | ({"columns": columns} if columns else {})


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
