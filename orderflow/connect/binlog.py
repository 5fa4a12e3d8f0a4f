"""A cheap look at the binlog: counters say whether anything was undone, only then its newest events are read.

It reads as the capturing user, whose REPLICATION grants suffice, and locks nothing.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pymysql

from orderflow.connect.undone import Event, Undone
from orderflow.core.settings import Settings

COUNTERS = ("Com_xa_prepare", "Com_xa_rollback", "Com_xa_commit", "Com_truncate")
LOOKS = 5
"""A statement is counted when it begins and is in the binlog when it ends: so many looks more are taken."""

CHUNK = 5_000
SECONDS = 10
NO_SUCH_STATEMENT = 1064


class Place(NamedTuple):
    """Where the binlog ends."""

    file: str
    pos: int


class Watch:
    """Reads on from where it looked last; begins at the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.undone = Undone()
        self._counted: tuple[int, ...] | None = None
        self._at: Place | None = None
        self._looks = 0

    def look(self) -> list[str]:
        """Return why the tables must be read anew; raises pymysql.MySQLError when MySQL cannot be asked."""
        with closing(capture_user(self._settings)) as connection, connection.cursor() as cursor:
            counted, end = _counters(cursor), _end(cursor)
            if counted != self._counted:
                self._looks = LOOKS if self._counted is not None else 0
            begin, self._at, self._counted = self._at, end, counted
            if begin is None or not self._looks:
                return []
            self._looks -= 1
            return self.undone.take(_events(cursor, begin, end))


def capture_user(settings: Settings) -> "pymysql.Connection[pymysql.cursors.Cursor]":
    """Connect as the capturing user; raises pymysql.MySQLError."""
    return pymysql.connect(
        host=settings.mysql_server_host,
        port=settings.mysql_port,
        user=settings.cdc_user,
        password=settings.cdc_password,
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        autocommit=True,
    )


def _counters(cursor: pymysql.cursors.Cursor) -> tuple[int, ...]:
    names = ", ".join(["%s"] * len(COUNTERS))
    cursor.execute(f"SHOW GLOBAL STATUS WHERE Variable_name IN ({names})", COUNTERS)
    return tuple(int(value) for _, value in cursor.fetchall())


def left_out(cursor: pymysql.cursors.Cursor, database: str) -> bool:
    """Say whether --binlog-do-db or --binlog-ignore-db keeps the database out of the binlog."""
    row = _status(cursor)
    only, without = (str(text or "").split(",") for text in row[2:4]) if row else ([""], [""])
    return database in without or (only != [""] and database not in only)


def _end(cursor: pymysql.cursors.Cursor) -> Place:
    row = _status(cursor)
    return Place(str(row[0]), int(row[1])) if row else Place("", 0)


def _status(cursor: pymysql.cursors.Cursor) -> tuple[Any, ...] | None:
    """Return file, position, databases logged and not logged; None when there is no binlog."""
    try:
        cursor.execute("SHOW BINARY LOG STATUS")
    except pymysql.err.ProgrammingError as older:  # its name before MySQL 8.2
        if older.args[0] != NO_SUCH_STATEMENT:
            raise
        cursor.execute("SHOW MASTER STATUS")
    return cursor.fetchone()


def _events(cursor: pymysql.cursors.Cursor, begin: Place, end: Place) -> Iterator[Event]:
    """Yield the events between two places; of files in between, all of them."""
    for file in _files(cursor, begin.file, end.file):
        yield from _events_of(cursor, file, begin.pos if file == begin.file else 4, end)


def _files(cursor: pymysql.cursors.Cursor, first: str, last: str) -> list[str]:
    if first == last:
        return [first]
    cursor.execute("SHOW BINARY LOGS")
    names = [str(row[0]) for row in cursor.fetchall()]
    return [name for name in names if first <= name <= last]


def _events_of(cursor: pymysql.cursors.Cursor, file: str, pos: int, end: Place) -> Iterator[Event]:
    while not (file == end.file and pos >= end.pos):
        cursor.execute("SHOW BINLOG EVENTS IN %s FROM %s LIMIT %s", (file, pos, CHUNK))
        rows = cursor.fetchall()
        if not rows:
            return
        yield from (Event(str(row[2]), str(row[5])) for row in rows)
        pos = int(rows[-1][4])
        if len(rows) < CHUNK:
            return
