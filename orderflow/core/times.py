"""Times as ISO text in UTC with six digits, so that they compare as text too."""

import re
from datetime import datetime

FIRST = "1900-01-01T00:00:00.000000Z"
"""Earlier than that the zones' local mean times, 1582's missing days and Debezium's years 0 and 1 read differently in
MySQL, Java, Python and PostgreSQL: the business day would depend on who works it out."""

BEYOND = "9999-12-31T00:00:00.000000Z"
"""From here on the business day may lie in the year 10000, which no DATE has."""

ZERO_DATE = "1970-01-01T00:00:00.000000Z"
"""What Debezium makes of 0000-00-00, 2026-00-15 and the like. A real 1970-01-01 00:00:00 cannot be told from them."""

WHOLE = len(FIRST)

_shape = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z",
).fullmatch


def normal(text: str) -> str | None:
    """Return Debezium's ISO time, whose trailing zeros are trimmed, with six digits; None if it is no such time."""
    if not _shape(text):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:  # 30 February, the year 0, 24 o'clock
        return None
    return text if len(text) == WHOLE else f"{text[:19]}.{text[20:-1]:0<6}Z"


def is_kept(time: str) -> bool:
    """Say whether a normal time has the same business day for everybody, in every zone, and is no zero date."""
    return FIRST <= time < BEYOND and time != ZERO_DATE
