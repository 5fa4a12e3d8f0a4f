"""Which DDL the connector reads: only what can change a captured table. Pure.

Debezium parses every DDL statement of the server's binlog, whatever the database, and one that its grammar does not
take stops the capture. Its DDL filter is asked before the parser, so a statement that it matches is never parsed. (The
setting's name begins with `internal.`; without that it is ignored.) A name without its database may be meant in another
one: that is read. Indexes do not matter, every captured table has its primary key; a temporary table only hides one.
"""

import re
from collections.abc import Iterable

GAP = r"(?:\s++|/\*(?!!).*?\*/|/\*!\d*|\*/|(?:--|#)[^\n]*)*+"
"""What may stand between two words: blanks, comments, and the marks around a version comment, whose text counts."""

SETTING = "internal.schema.history.internal.ddl.filter"


def filter_pattern(database: str, tables: Iterable[str]) -> str:
    """Return the setting's value: a regular expression that takes the whole of each statement not to be parsed.

    It holds no comma, at which Debezium would split it, and means the same to Java and to Python.
    """
    one_of = "|".join(tables)
    name = _words(rf'(?:[`"]?{database}[`"]?', r"\.", rf')?[`"]?(?:{one_of})(?![\w$])')
    read = (
        _words(r"(?:ALTER|CREATE)", r"(?:OR", r"REPLACE", r")?TABLE", r"(?:IF", r"(?:NOT", r")?EXISTS", rf")?{name}"),
        _words(r"ALTER", r"TABLE\b.*\bRENAME", r"(?:TO\b|AS\b)?", name),
        _words(r"(?:DROP|RENAME)", rf"TABLES?\b.*\b(?:{one_of})\b"),
        _words(r"(?:ALTER|CREATE|DROP)", rf"(?:DATABASE|SCHEMA)\b.*\b{database}\b"),
        r"ROLLBACK\b",
    )
    return rf"(?!{GAP}(?:{'|'.join(read)})).*"


def is_read(statement: str, pattern: str) -> bool:
    """Say whether Debezium parses the statement under this filter."""
    return re.fullmatch(pattern, statement.strip(), re.IGNORECASE | re.DOTALL) is None


def _words(*words: str) -> str:
    return GAP.join(words)
