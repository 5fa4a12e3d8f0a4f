"""The canonical text of a row, and the checksum of a set of rows: the same bytes from MySQL, PostgreSQL and Python.

A value is its length in characters, a colon and its text, or `-` for NULL: so NULL differs from '', and no value can
imitate a border. A set's checksum is the XOR of its rows' SHA-256 (first 128 bits): it needs no order and no memory,
and the checksum of a table is the XOR of those of its chunks. Rows have keys, so no two are alike and cancel out.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from hashlib import sha256

HEX_DIGITS = 32


class Kind(Enum):
    """How a column's values become text."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    FLAG = "flag"


_MYSQL = {
    Kind.TEXT: "{}",
    Kind.NUMBER: "CAST({} AS CHAR)",
    Kind.MONEY: "CAST(CAST({} AS DECIMAL(38, 2)) AS CHAR)",
    Kind.TIME: "DATE_FORMAT({}, '%Y-%m-%d %H:%i:%s.%f')",
    Kind.FLAG: "IF({}, '1', '0')",
}
_POSTGRES = {
    Kind.TEXT: "({})::text",
    Kind.NUMBER: "({})::text",
    Kind.MONEY: "({})::numeric(38, 2)::text",
    Kind.TIME: "to_char(({}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    Kind.FLAG: "CASE ({}) WHEN true THEN '1' WHEN false THEN '0' END",
}


def mysql_text(kind: Kind, expression: str) -> str:
    """Return the SQL of a value's text in MySQL; % stands as it is: pass no arguments beside it."""
    return _MYSQL[kind].format(expression)


def postgres_text(kind: Kind, expression: str) -> str:
    """Return the SQL of a value's text in PostgreSQL."""
    return _POSTGRES[kind].format(expression)


def mysql_checksum(texts: Iterable[str]) -> str:
    """Return the SQL aggregate of a set's checksum in MySQL, as lower-case hexadecimal digits."""
    row = ", ".join(f"IFNULL(CONCAT(CHAR_LENGTH({text}), ':', {text}), '-')" for text in texts)
    return f"LOWER(HEX(BIT_XOR(UNHEX(LEFT(SHA2(CONCAT({row}), 256), {HEX_DIGITS})))))"


def postgres_checksum(texts: Iterable[str]) -> str:
    """Return the SQL aggregate of a set's checksum in PostgreSQL; its text is binary digits (see `from_bits`)."""
    row = " || ".join(f"coalesce(char_length({text}) || ':' || {text}, '-')" for text in texts)
    digest = f"left(encode(sha256(convert_to({row}, 'UTF8')), 'hex'), {HEX_DIGITS})"
    return f"bit_xor(('x' || {digest})::bit({HEX_DIGITS * 4}))::text"


def from_bits(bits: str) -> int:
    """Return PostgreSQL's checksum as a number."""
    return int(bits, 2)


def from_hex(digits: str) -> int:
    """Return MySQL's checksum as a number."""
    return int(digits, 16)


def row_text(values: Sequence[str | None]) -> str:
    """Return the canonical text of a row whose values are texts already."""
    return "".join("-" if value is None else f"{len(value)}:{value}" for value in values)


def checksum(rows: Iterable[Sequence[str | None]]) -> int:
    """Return the checksum of a set of rows whose values are texts already."""
    total = 0
    for row in rows:
        total ^= from_hex(sha256(row_text(row).encode()).hexdigest()[:HEX_DIGITS])
    return total


def show(checksum: int) -> str:
    """Return a checksum as people see it."""
    return f"{checksum:0{HEX_DIGITS}x}"
