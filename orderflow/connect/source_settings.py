"""What MySQL's own settings and grants must be, or changes never arrive: checked by `up`, watched by `status`.

Pure but for `seen`, which asks the server.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

import pymysql

from orderflow import connections
from orderflow.connect.binlog import capture_user, left_out
from orderflow.connect.undone import named
from orderflow.core.settings import Settings

DAY_SECONDS = 24 * 60 * 60

WANTED = {
    "log_bin": ("ON", "nothing is written to the binlog"),
    "binlog_format": ("ROW", "changes are logged as statements, which cannot be captured"),
    "binlog_row_image": ("FULL", "rows are logged in part, and the capture passes each by a new snapshot"),
    "binlog_row_value_options": ("", "columns are logged in part"),
    "gtid_mode": ("ON", "positions are not known after a failover"),
    "enforce_gtid_consistency": ("ON", "transactions may lack a GTID"),
    "event_scheduler": ("ON", "the source's clock stands, so nothing that waits is ever settled"),
    "read_only": ("OFF", "this is a replica: its clock stands and the shop cannot write"),
    "super_read_only": ("OFF", "this is a replica: its clock stands and the shop cannot write"),
    "log_replica_updates": ("ON", "what reaches this server by replication is not in its binlog"),
}
"""Variable -> value, and what happens with another one. Compression and row metadata may be as they are."""

UTC = ("+00:00", "UTC")

CDC_NEEDS = ("REPLICATION SLAVE", "REPLICATION CLIENT", "SELECT")

TOO_WIDE = (
    "ALL PRIVILEGES", "ALTER", "CREATE", "DROP", "EVENT", "TRIGGER", "SUPER", "BINLOG_ADMIN",
    "SESSION_VARIABLES_ADMIN", "SYSTEM_VARIABLES_ADMIN",
)  # fmt: skip
"""With one of these the application can change or bypass what capture rests on."""


class Verdict(NamedTuple):
    """What a look found, in the words of `status`: part, whether it is well, what was seen, what to do."""

    part: str
    well: bool
    says: str
    remedy: str = ""


@dataclass(frozen=True)
class Seen:
    """What the server says of itself; grants are lines of SHOW GRANTS, `undecided` are prepared XA transactions."""

    variables: Mapping[str, str]
    cdc_grants: tuple[str, ...] = ()
    app_grants: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    not_logged: tuple[str, ...] = ()
    """Databases that the server's binlog filter leaves out."""


def verdicts(seen: Seen, settings: Settings) -> list[Verdict]:
    """Return a verdict for each thing that is wrong, or one that says all is well."""
    found = [
        *_variables(seen.variables),
        *_filtered(seen.not_logged, settings.mysql_database),
        *_grants(seen, settings),
        *_undecided(seen.undecided),
    ]
    return found or [Verdict("source settings", True, "as capture needs them")]


def _variables(variables: Mapping[str, str]) -> Iterator[Verdict]:
    for name, (wanted, consequence) in WANTED.items():
        value = variables.get(name)
        if value is not None and value.upper() != wanted:
            says = f"{name} is {value or 'empty'}, must be {wanted or 'empty'}: {consequence}"
            yield Verdict(f"source {name}", False, says, _set(name, wanted))
    kept = int(variables.get("binlog_expire_logs_seconds", "0"))
    if 0 < kept < DAY_SECONDS:
        says = f"binlog_expire_logs_seconds is {kept}: an outage longer than that costs a new snapshot"
        yield Verdict(
            "source binlog_expire_logs_seconds", False, says, _set("binlog_expire_logs_seconds", 7 * DAY_SECONDS)
        )
    zone = variables.get("time_zone", "+00:00")
    real = variables.get("system_time_zone", "") if zone == "SYSTEM" else zone
    if real not in UTC:
        says = f"time_zone is {zone} ({real}), must be +00:00: times without a zone would be read as UTC"
        yield Verdict("source time_zone", False, says, _set("time_zone", "+00:00"))


def _set(name: str, value: object) -> str:
    if name in ("log_bin", "log_replica_updates"):
        return f"start mysqld with --{name.replace('_', '-')}={value}"
    text = str(value) if isinstance(value, int) else f"'{value}'"
    return f"as root: SET GLOBAL {name} = {text}; sessions that are open keep theirs, end them"


def _filtered(not_logged: Iterable[str], database: str) -> Iterator[Verdict]:
    if database in not_logged:
        says = f"--binlog-do-db or --binlog-ignore-db leaves {database} out of the binlog: nothing is captured"
        yield Verdict(
            "source binlog filter", False, says, "start mysqld without these options, then `orderflow snapshot`"
        )


def _grants(seen: Seen, settings: Settings) -> Iterator[Verdict]:
    held = _privileges(seen.cdc_grants)
    lacking = [name for name in CDC_NEEDS if name not in held and "ALL PRIVILEGES" not in held]
    if seen.cdc_grants and lacking:
        says = f"{settings.cdc_user} lacks {', '.join(lacking)}: capture cannot go on after its next start"
        yield Verdict("source cdc grants", False, says, "run mysql-init/05-users.sh again")
    wide = sorted(_privileges(seen.app_grants) & set(TOO_WIDE))
    if wide:
        says = f"{settings.app_user} has {', '.join(wide)}: it can bypass what capture rests on"
        yield Verdict(
            "source app grants", False, says, f"as root: REVOKE {', '.join(wide)} .. FROM {settings.app_user}"
        )


def _privileges(grants: Iterable[str]) -> set[str]:
    found = (re.match(r"GRANT (.+?) ON ", line) for line in grants)
    return {re.sub(r" ?\(.*", "", name).strip() for match in found if match for name in match[1].split(",")}


def _undecided(names: tuple[str, ...]) -> Iterator[Verdict]:
    if names:
        says = (
            f"XA transactions are prepared and undecided: {', '.join(names)}; PostgreSQL has their rows, MySQL not yet"
        )
        yield Verdict("source XA", False, says, "XA COMMIT or XA ROLLBACK them; a rollback is mended by itself")


def seen(settings: Settings) -> Seen:
    """Ask the server; raises pymysql.MySQLError when it does not answer."""
    with closing(capture_user(settings)) as connection, connection.cursor() as cursor:
        names = (*WANTED, "binlog_expire_logs_seconds", "time_zone", "system_time_zone")
        marks = ", ".join(["%s"] * len(names))
        cursor.execute(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({marks})", names)
        variables = {str(name).lower(): str(value) for name, value in cursor.fetchall()}
        cursor.execute("SHOW GRANTS")
        cdc = tuple(str(row[0]) for row in cursor.fetchall())
        not_logged = (settings.mysql_database,) if left_out(cursor, settings.mysql_database) else ()
        undecided = _undecided_for_a_while(cursor)
    with closing(connections.mysql(settings)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GRANTS")
        app = tuple(str(row[0]) for row in cursor.fetchall())
    return Seen(variables, cdc, app, undecided, not_logged)


def _undecided_for_a_while(cursor: "pymysql.cursors.Cursor") -> tuple[str, ...]:
    """Return those that are still undecided a second later: to be so for a moment is what XA is for."""
    first = _recoverable(cursor)
    if not first:
        return ()
    cursor.execute("DO SLEEP(1)")
    return tuple(sorted(set(first) & set(_recoverable(cursor))))


def _recoverable(cursor: "pymysql.cursors.Cursor") -> tuple[str, ...]:
    try:
        cursor.execute("XA RECOVER CONVERT XID")
    except pymysql.err.MySQLError:  # a database made before that grant: the rest of the look is worth having
        return ()
    rows = [(int(row[1]), str(row[3]).removeprefix("0x")) for row in cursor.fetchall()]
    return tuple(named(f"X'{data[: 2 * gtrid]}',X'{data[2 * gtrid :]}',1") for gtrid, data in rows)
