"""What helps a connector that has failed. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from orderflow.connect.states import is_unparsed, is_unreadable

PARSER = "ddl.parser.type"
PARSERS = ("default", "legacy")
"""Debezium's two grammars: each takes statements that the other does not."""


class Treatment(StrEnum):
    """What is done about a failure."""

    RESTART = "started again"
    OTHER_PARSER = "started again with Debezium's other DDL grammar"
    SNAPSHOT = "a new snapshot begun"


def treatment(trace: str, config: Mapping[str, str], wanted: Mapping[str, str]) -> Treatment:
    """Choose by the failure's stack trace, the connector's configuration, and the one of its file.

    A DDL statement is given to the other grammar first: that costs a restart, a snapshot reads every table. With the
    other grammar already in use, or with any other event that cannot be read, only a snapshot goes on behind it.
    """
    if not is_unreadable(trace):
        return Treatment.RESTART
    if is_unparsed(trace) and config.get(PARSER) == wanted.get(PARSER):
        return Treatment.OTHER_PARSER
    return Treatment.SNAPSHOT


def other_parser(config: Mapping[str, str]) -> dict[str, str]:
    """Return the configuration with the other grammar."""
    used = config.get(PARSER, PARSERS[0])
    return {**config, PARSER: PARSERS[1 - PARSERS.index(used)]}
