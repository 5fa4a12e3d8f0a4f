"""What is done about each connector that has failed, and when."""

import logging
from collections.abc import Mapping

from orderflow.connect import snapshot
from orderflow.connect.backoff import Backoff
from orderflow.connect.definitions import Definition
from orderflow.connect.errors import ConnectError
from orderflow.connect.rest import Rest
from orderflow.connect.states import ConnectorState, root_cause
from orderflow.connect.treatment import PARSER, Treatment, other_parser, treatment

PROVEN_SECONDS = 20.0
"""A connector that has run this long has passed the statement for which its grammar was changed."""

log = logging.getLogger("orderflow.healer")


class Healer:
    """Looks after every connector, each by itself: trouble with one is no trouble for the others."""

    def __init__(self, rest: Rest, definitions: Mapping[str, Definition], backoff: Backoff | None = None) -> None:
        self._rest, self._definitions = rest, definitions
        self._backoff = backoff or Backoff()
        self._other_parser_since: dict[str, float] = {}
        self._running: set[str] = set()
        self._met: set[str] = set()

    def look(self, now: float) -> list[tuple[ConnectorState, Treatment]]:
        """Look at every connector once; return what was done. Raises ConnectError when Connect does not answer."""
        done = []
        for name in self._rest.names():
            try:
                treated = self._look_at(name, now)
            except ConnectError as reason:  # one that answers oddly must not keep the others from being looked at
                log.warning("%s: %s", name, reason)
                continue
            done += [treated] if treated else []
        return done

    def _look_at(self, name: str, now: float) -> tuple[ConnectorState, Treatment] | None:
        self._running.discard(name)
        seen = self._rest.state(name)
        if seen.failed and self._backoff.due(name, root_cause(seen.why), now):
            return seen, self._treat(seen, now)
        if seen.running:
            self._running.add(name)
            self._backoff.runs(name, now)
            self._meet(name, now)
            self._restore_parser(name, now)
        return None

    def _treat(self, seen: ConnectorState, now: float) -> Treatment:
        definition = self._definitions.get(seen.name)
        if definition is None:  # a stranger: what it captures is not ours to read anew
            self._rest.restart_failed(seen.name)
            return Treatment.RESTART
        config = self._rest.config(seen.name) or definition.config
        chosen = treatment(seen.why, config, definition.config)
        if chosen is Treatment.RESTART:
            self._rest.restart_failed(seen.name)
        elif chosen is Treatment.OTHER_PARSER:
            self._rest.put(seen.name, other_parser(definition.config))
            self._other_parser_since[seen.name] = now
        else:
            self.read_anew(seen.name)
        return chosen

    def runs(self, name: str) -> bool:
        """Say whether the connector and its tasks ran at the last look."""
        return name in self._running

    def restart(self, name: str) -> None:
        """Start the connector and its tasks again though they seem to run."""
        self._rest.restart(name)

    def read_anew(self, name: str) -> None:
        """Take a new snapshot, with the configuration of the connector's file."""
        self._rest.put(name, self._definitions[name].config)
        self._other_parser_since.pop(name, None)
        snapshot.begin(self._rest, name, log.info)

    def _meet(self, name: str, now: float) -> None:
        """Learn, once, whether an earlier healer left the connector with the other grammar."""
        if name in self._met or name not in self._definitions:
            return
        used = (self._rest.config(name) or {}).get(PARSER)
        if used != self._definitions[name].config.get(PARSER):
            self._other_parser_since.setdefault(name, now)
        self._met.add(name)

    def _restore_parser(self, name: str, now: float) -> None:
        """Go back to the file's grammar once the statement is passed."""
        since = self._other_parser_since.get(name)
        if since is None or now - since < PROVEN_SECONDS:
            return
        log.info("%s: the statement is passed, back to %s = %s", name, PARSER, self._definitions[name].config[PARSER])
        self._rest.put(name, self._definitions[name].config)
        del self._other_parser_since[name]
