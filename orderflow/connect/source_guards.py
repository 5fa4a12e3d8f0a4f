"""What mysql-init made in the shop and capture rests on: triggers, tick event, default of the date. Asked as root."""

import re
from collections.abc import Iterable
from contextlib import closing

import pymysql

from orderflow.connect.source_settings import Verdict
from orderflow.core.settings import Settings
from orderflow.environment import ROOT

SECONDS = 10
UTC_DEFAULT = "utc_timestamp"
MEND_DATE = "as root: ALTER TABLE shop.orders MODIFY ordered_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))"


def declared() -> set[str]:
    """Return the names of the triggers that mysql-init makes."""
    text = (ROOT / "mysql-init" / "02-triggers.sql").read_text()
    return set(re.findall(r"^CREATE TRIGGER (\w+)", text, re.MULTILINE))


def verdicts(wanted: Iterable[str], triggers: set[str], event: str | None, default: str | None) -> list[Verdict]:
    """Compare; `event` is the tick event's status, None when there is none, `default` that of orders.ordered_at."""
    found = []
    if lost := sorted(set(wanted) - triggers):
        says = f"triggers are gone: {', '.join(lost)}; changes that cannot be captured are no longer refused"
        remedy = "as root: run those statements of mysql-init/02-triggers.sql again"
        found.append(Verdict("source triggers", False, says, remedy))
    if event != "ENABLED":
        says = f"the event order_tick is {event or 'gone'}: the source's clock stands"
        remedy = "ALTER EVENT shop.order_tick ENABLE" if event else "run mysql-init/03-ticks.sql's CREATE EVENT again"
        found.append(Verdict("source tick event", False, says, f"as root: {remedy}"))
    if default is not None and UTC_DEFAULT not in default.lower():
        says = f"orders.ordered_at defaults to {default}, the session's time zone, and is read as UTC"
        found.append(Verdict("source ordered_at", False, says, MEND_DATE))
    return found


def look(settings: Settings) -> list[Verdict]:
    """Ask the server; empty where root is not let in from here. Raises pymysql.MySQLError when it does not answer."""
    try:
        connection = pymysql.connect(
            host=settings.mysql_server_host,
            port=settings.mysql_port,
            user="root",
            password=settings.mysql_root_password,
            connect_timeout=SECONDS,
            read_timeout=SECONDS,
        )
    except pymysql.err.OperationalError as refused:
        if refused.args[0] == pymysql.constants.ER.ACCESS_DENIED_ERROR:
            return []
        raise
    with closing(connection), connection.cursor() as cursor:
        database = settings.mysql_database
        cursor.execute("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = %s", (database,))
        triggers = {str(row[0]) for row in cursor.fetchall()}
        return verdicts(
            declared(),
            triggers,
            _text(
                cursor,
                "SELECT status FROM information_schema.events WHERE event_schema = %s AND event_name = 'order_tick'",
                database,
            ),
            _text(
                cursor,
                "SELECT column_default FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name = 'orders' AND column_name = 'ordered_at'",
                database,
            ),
        )


def _text(cursor: pymysql.cursors.Cursor, query: str, database: str) -> str | None:
    cursor.execute(query, (database,))
    row = cursor.fetchone()
    return str(row[0]) if row else None
