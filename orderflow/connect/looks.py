"""What `status` asks of this room beside the connectors' states."""

from orderflow.connect import source_guards, source_settings, strangers
from orderflow.connect.apply import CONNECTORS, url
from orderflow.connect.definitions import read_all
from orderflow.connect.rest import Rest
from orderflow.connect.source_settings import Verdict
from orderflow.core.settings import Settings


def source(settings: Settings) -> list[Verdict]:
    """Say what of MySQL's settings, grants and transactions endangers the capture; raises pymysql.MySQLError."""
    return [*source_settings.verdicts(source_settings.seen(settings), settings), *source_guards.look(settings)]


def drift(settings: Settings, patience: float = 3) -> list[Verdict]:
    """Say which connectors are not as connectors/ says, or have no file there; raises ConnectError."""
    rest = Rest(url(settings), patience, answer_seconds=max(patience, 1))
    return list(strangers.verdicts(rest.configs(), {one.name: one for one in read_all(CONNECTORS)}, url(settings)))
