"""What MySQL undid after Debezium had sent it, seen in the binlog's events. Pure.

Rows of an XA transaction stand in the binlog from XA PREPARE on, and Debezium sends them then: XA ROLLBACK takes them
back in MySQL only. TRUNCATE removes rows without an event a compacted topic could hold. Both need the tables read anew.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from orderflow.core.topics import CAPTURED_TABLES


class Event(NamedTuple):
    """A row of SHOW BINLOG EVENTS: its type and its text."""

    type: str
    info: str


_XA = re.compile(r"XA (START|ROLLBACK|COMMIT|PREPARE) (X'[0-9a-f]*',X'[0-9a-f]*',\d+)( ONE PHASE)?", re.IGNORECASE)
_TABLES = "|".join(CAPTURED_TABLES)
_CAPTURED = re.compile(rf"\(shop\.(?:{_TABLES})\)")
_TRUNCATE = re.compile(rf"(?:use `(\w+)`; )?TRUNCATE\s+(?:TABLE\s+)?(?:`?(\w+)`?\.)?`?({_TABLES})`?\s*$", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass
class Undone:
    """Follows XA transactions through slices of the binlog."""

    _prepared: dict[str, bool] = field(default_factory=dict)
    """Prepared and undecided: whether it touched a captured table."""

    _unseen: set[str] = field(default_factory=set)
    """Those of them that a snapshot did not show: once committed, they are in no event and in no snapshot."""

    _current: str = ""
    _touched: bool = False

    def take(self, events: Iterable[Event]) -> list[str]:
        """Return why the tables must be read anew, empty when they need not."""
        return [reason for event in events for reason in self._take(event)]

    def read_anew(self) -> None:
        """Note that a snapshot is taken: it does not show what is prepared and undecided."""
        self._unseen |= self._prepared.keys()

    def _take(self, event: Event) -> list[str]:
        if event.type == "Table_map":
            self._touched |= bool(_CAPTURED.search(event.info))
        elif event.type == "Transaction_payload":  # compressed: what it touches cannot be seen
            self._touched = True
        elif found := _XA.search(event.info) if event.type in ("Query", "XA_prepare") else None:
            return self._decide(found[1].upper(), found[2], bool(found[3]))
        elif event.type == "Query" and (truncated := _TRUNCATE.match(_COMMENT.sub(" ", event.info).strip())):
            database = truncated[2] or truncated[1]
            return [f"TRUNCATE of {truncated[3]}"] if database == "shop" else []
        return []

    def _decide(self, verb: str, xid: str, one_phase: bool) -> list[str]:
        if verb == "START":
            self._current, self._touched = xid, False
        elif verb == "PREPARE":
            self._prepared[xid] = self._touched
        elif verb == "ROLLBACK":
            self._unseen.discard(xid)
            return [f"XA ROLLBACK of {named(xid)}, whose rows had been sent"] if self._prepared.pop(xid, True) else []
        elif not one_phase:
            touched, unseen = self._prepared.pop(xid, True), xid in self._unseen
            self._unseen.discard(xid)
            return [f"XA COMMIT of {named(xid)}, which a snapshot did not show"] if touched and unseen else []
        return []


def named(xid: str) -> str:
    """Return the transaction's name as a person gave it, of X'..',X'..',1."""
    parts = [bytes.fromhex(part).decode(errors="replace") for part in re.findall(r"X'([0-9a-f]*)'", xid, re.IGNORECASE)]
    return "'" + ".".join(filter(None, parts)) + "'"
