"""What each setting may be: told when settings are loaded, because a server tells it later and in other words."""

import re
from zoneinfo import ZoneInfo

PORTS = range(1024, 65536)

NUMBERS = {
    "STREAMS_WORKERS": range(1, 65),
    "WAIT_TICKS": range(1, 3601),
    "CHECKPOINT_INTERVAL_SECONDS": range(1, 3601),
}
"""The other whole numbers; more workers than partitions stand by."""

SIZES = {
    "MYSQL_BUFFER_POOL": re.compile(r"[1-9][0-9]*[kKmMgG]?"),
    "POSTGRES_SHARED_BUFFERS": re.compile(r"[1-9][0-9]*(kB|MB|GB)?"),
    "KAFKA_HEAP": re.compile(r"[1-9][0-9]*[kKmMgG]?"),
    "CONNECT_HEAP": re.compile(r"[1-9][0-9]*[kKmMgG]?"),
    "FLINK_JOBMANAGER_MEMORY": re.compile(r"[1-9][0-9]* ?[kmgKMG][bB]?"),
    "FLINK_TASKMANAGER_MEMORY": re.compile(r"[1-9][0-9]* ?[kmgKMG][bB]?"),
}
"""Each in the notation of the server that takes it."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NAMES = frozenset(
    {
        "MYSQL_DATABASE",
        "POSTGRES_DATABASE",
        "CDC_USER",
        "APP_USER",
        "POSTGRES_OWNER",
        "POSTGRES_WRITER",
        "POSTGRES_READER",
    }
)
"""They stand in statements: plain names only."""

NOT_OF_JAVA = ("posix", "right/", "localtime", "Factory")
"""Files among the zones that Python reads and Java, which then silently takes GMT, does not know."""

EVERYWHERE = ("0.0.0.0", "::", "*")


def complaint(name: str, text: str, whole: bool) -> str | None:
    """Return what is wrong with the text of a setting, None when nothing is; `whole`: it must be a whole number."""
    if whole:
        return _number(name, text)
    if name in SIZES and not SIZES[name].fullmatch(text):
        return "must be a size in the notation that .env.example shows"
    if name in NAMES and not NAME.fullmatch(text):
        return "must be a plain name of letters, digits and _"
    if name == "BUSINESS_TIME_ZONE" and not _zone(text):
        return "must be a time zone's full name such as Asia/Seoul, Europe/Berlin or UTC"
    if name == "BIND_ADDRESS" and text in EVERYWHERE:
        return "must be one address that clients can name (nothing here asks who calls)"
    if name.endswith("_PASSWORD") and "\n" in text:
        return "must be one line"
    return None


def _number(name: str, text: str) -> str | None:
    if not re.fullmatch(r"-?[0-9]+", text):
        return "must be a whole number"
    allowed = PORTS if name.endswith("_PORT") else NUMBERS.get(name)
    if allowed is not None and int(text) not in allowed:
        return f"must lie between {allowed.start} and {allowed.stop - 1}"
    return None


def _zone(text: str) -> bool:
    if text.startswith(NOT_OF_JAVA):
        return False
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # unknown (ZoneInfoNotFoundError is a KeyError), no name at all, a folder
        return False
    return True
