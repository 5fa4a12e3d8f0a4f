"""Times as ISO text in UTC with six digits, so that they compare as text too."""

import re

_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z")


def normal(text: str) -> str | None:
    """Return Debezium's ISO time, whose trailing zeros are trimmed, with six digits; None if it is no such time."""
    match = _ISO.fullmatch(text)
    return f"{match[1]}.{(match[2] or '').ljust(6, '0')}Z" if match else None
