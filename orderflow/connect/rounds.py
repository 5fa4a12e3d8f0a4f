"""What the healer does again and again: look at the connectors, at what comes from them, and for what MySQL undid."""

import logging

import pymysql

from orderflow.connect.binlog import Watch
from orderflow.connect.flow import Flow
from orderflow.connect.healing import Healer
from orderflow.connect.treatment import Treatment

READ_ANEW_SECONDS = 15.0
"""Between two snapshots for what was undone: many in a row need one."""

log = logging.getLogger("orderflow.healer")


class Rounds:
    """What the healer does again and again: look at the connectors, and for what MySQL undid."""

    def __init__(self, healer: Healer, binlog: Watch, flow: Flow, captures: str) -> None:
        self._healer, self._binlog, self._flow, self._captures = healer, binlog, flow, captures
        self._reasons: list[str] = []
        self._read_anew_at = float("-inf")

    def make(self, now: float) -> None:
        """Look once, do what is needed, and say in the log what was done."""
        for seen, treated in self._healer.look(now):
            log.warning("%s: %s: %s", seen.summary, treated, seen.cause)
            if treated is Treatment.SNAPSHOT:
                self._note_snapshot(now)
        running = self._healer.runs(self._captures)
        if self._flow.stands(running, now):
            log.warning("%s says RUNNING, and nothing comes from it: started again", self._captures)
            self._healer.restart(self._captures)
        self._reasons += self._undone()
        if self._reasons and now - self._read_anew_at > READ_ANEW_SECONDS and running:
            log.warning("reading all tables anew, for MySQL undid what was sent: %s", "; ".join(self._reasons[:5]))
            self._note_snapshot(now)
            self._healer.read_anew(self._captures)

    def _undone(self) -> list[str]:
        try:
            return self._binlog.look()
        except pymysql.MySQLError as away:  # its own findings and supervisor tell of it; we look again
            log.debug("MySQL cannot be asked: %s", away)
            return []

    def _note_snapshot(self, now: float) -> None:
        self._read_anew_at, self._reasons = now, []
        self._binlog.undone.read_anew()
