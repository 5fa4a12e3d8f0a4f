"""Which differences are refusals: MySQL holds what PostgreSQL must not take, and PostgreSQL shows the order as flagged.

Such a row is a dead letter, not a fault of the line: it is named apart, and mending it in MySQL mends it. Decided from
MySQL's row; a reason in PostgreSQL alone proves nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from orderflow.reconcile.differences import DIFFERENT, MISSING, REFUSED, Difference, Row, name
from orderflow.reconcile.tables import ORDER_ITEMS, ORDERS, REFERENCE, ROW, Table

UNKNOWN = " unknown"
"""How the reason of an order ends whose customer or product was never seen."""

TOO_LARGE = "too large"
"""How the reason of an order begins whose document does not fit its topic: it goes out without its lines."""


def differences(
    table: Table, mysql: Sequence[Row], postgres: Sequence[Row], too_large: Collection[str] = ()
) -> Iterator[Difference]:
    """Yield a chunk's differences; each row's last value is its refusal in MySQL, its order's reason in PostgreSQL.

    `too_large` are orders that PostgreSQL shows without their lines.
    """
    refused, reasons = ({tuple(row[: table.key]): row[-1] or "" for row in rows} for rows in (mysql, postgres))
    names = [column.name for column in table.columns]
    for found in name(names, table.key, [row[:-1] for row in mysql], [row[:-1] for row in postgres]):
        refusal, reason = refused.get(found.key, ""), reasons.get(found.key, "")
        is_refused = (
            _order_is_refused(found, str(refusal), str(reason))
            if table is ORDERS
            else table is ORDER_ITEMS and _line_is_refused(found, str(refusal), too_large)
        )
        yield replace(found, kind=REFUSED) if is_refused else _with_reason(found, str(reason))


def _order_is_refused(found: Difference, refusal: str, reason: str) -> bool:
    if found.kind != DIFFERENT:
        return False
    if refusal == ROW:
        return reason.startswith("rejected") and found.columns.get("complete", ("0", "0"))[1] == "0"
    flagged_only = found.columns == {"complete": ("1", "0")}
    return flagged_only and ((refusal == REFERENCE and reason.endswith(UNKNOWN)) or reason.startswith(TOO_LARGE))


def _line_is_refused(found: Difference, refusal: str, too_large: Collection[str]) -> bool:
    if refusal == ROW:
        return found.kind in (DIFFERENT, MISSING)
    return found.kind == MISSING and found.key[0] in too_large


def _with_reason(found: Difference, reason: str) -> Difference:
    return replace(found, reason=reason) if reason else found
