"""What comes of a step of the fold: documents to publish, dead letters, ticks."""

from collections import Counter
from typing import NamedTuple

from msgspec import Struct, field

from orderflow.core.codec import Headers
from orderflow.core.envelope import TickChange
from orderflow.core.messages import OrderDocument, Tick


class Record(NamedTuple):
    """One consumed record."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Emit(Struct):
    """A document to publish: `value` None is a tombstone; `state` is what the next change is applied to."""

    doc: OrderDocument
    state: bytes
    value: bytes | None
    headers: Headers


class DeadLetter(Struct):
    """A record that was refused, whole, with the reason."""

    record: Record
    code: str
    text: str


class Outcome(Struct):
    """What one step of the fold asks for, in the order in which it is to be sent."""

    emits: list[Emit] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    tick: Tick | None = None
    marker: TickChange | None = None
    taken: int = 0
    counts: Counter[str] = field(default_factory=Counter)
