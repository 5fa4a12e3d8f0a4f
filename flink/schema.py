"""`python -m flink.schema`: bring PostgreSQL to the newest schema, and the two logins to the settings' passwords."""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection, cursor

from flink import postgres_connection
from orderflow.core.settings import Settings, SettingsError, load

FOLDER = Path(__file__).with_name("postgres")
LOCK = 7203519
"""Advisory lock held while migrating, so that two starts do not migrate at once."""

HISTORY = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"""


class SchemaError(Exception):
    """The database and the SQL files do not fit together; the text says how."""


@dataclass(frozen=True)
class Migration:
    """One SQL file; `checksum` is the SHA-256 of its text."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Return what the history remembers of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return the SQL files in the order of their numbers."""
    return [Migration(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.sql"))]


def apply(owner: connection, settings: Settings, files: list[Migration]) -> list[str]:
    """Create logins, then apply what is new, one transaction a file; return the names applied.

    Raises SchemaError when an applied file has changed or is missing, psycopg2.Error when SQL fails.
    """
    with owner, owner.cursor() as cur:
        cur.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        cur.execute(HISTORY)
        _login(cur, settings.postgres_writer, settings.postgres_writer_password)
        _login(cur, settings.postgres_reader, settings.postgres_reader_password)
        _restrict_database(cur, settings)
        cur.execute("SELECT name, checksum FROM schema_migrations")
        applied = dict(cur.fetchall())
    _check(applied, files)
    pending = [file for file in files if file.name not in applied]
    for file in pending:
        _apply_one(owner, settings, file)
    return [file.name for file in pending]


def _apply_one(owner: connection, settings: Settings, file: Migration) -> None:
    names = {':"writer"': settings.postgres_writer, ':"reader"': settings.postgres_reader}
    with owner, owner.cursor() as cur:
        text = file.text
        for placeholder, role in names.items():
            text = text.replace(placeholder, sql.Identifier(role).as_string(cur))
        cur.execute(text)
        cur.execute("INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)", (file.name, file.checksum))


def _check(applied: dict[str, str], files: list[Migration]) -> None:
    known = {file.name: file.checksum for file in files}
    for name, checksum in applied.items():
        if name not in known:
            raise SchemaError(f"the database has {name}, this checkout has not: it is older than the database")
        if known[name] != checksum:
            raise SchemaError(f"{name}.sql was changed after it was applied: undo that and write a new file")


def _login(cur: cursor, role: str, password: str) -> None:
    name = sql.Identifier(role)
    cur.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    if cur.fetchone() is None:
        cur.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    cur.execute(
        sql.SQL("ALTER ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(name, sql.Literal(password))
    )


def _restrict_database(cur: cursor, settings: Settings) -> None:
    database = sql.Identifier(settings.postgres_database)
    cur.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    for role in (settings.postgres_writer, settings.postgres_reader):
        cur.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role)))


def main() -> int:
    """Apply the schema with the environment's settings; exit code 0 done, 1 with the reason on standard error."""
    try:
        settings = load(os.environ)
        owner = postgres_connection.as_owner(settings)
        try:
            done = apply(owner, settings, migrations())
        finally:
            owner.close()
    except (SettingsError, SchemaError, psycopg2.Error) as problem:
        print(f"schema: {problem}", file=sys.stderr)
        return 1
    print(f"schema: applied {', '.join(done)}" if done else "schema: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
