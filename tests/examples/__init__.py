"""Change events recorded from a real MySQL 9.7.4 and Debezium 3.6.1, with what becomes of each.

The events are of the schema of mysql-init, with `enable.time.adjuster=false`; "after ALTER" stands behind ADD COLUMN,
a category that may be NULL, wider types, and a renamed column. Recorded by odd values written in strict mode, with
sql_mode '' (says: loose) and read again by a snapshot.
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Example:
    """One record: `refused` is the code of its dead letter, None when it arrives."""

    says: str
    refused: str | None
    topic: str
    key: bytes
    value: bytes


def examples() -> list[Example]:
    """Return all recorded events."""
    lines = Path(__file__).with_name("debezium-3.6.1.jsonl").read_text().split("\n")  # not splitlines: U+2028 is data
    return [_example(**json.loads(line)) for line in lines if line]


def _example(says: str, refused: str | None, topic: str, key: str, value: str) -> Example:
    return Example(says, refused, topic, key.encode(), value.encode())
