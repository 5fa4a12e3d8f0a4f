"""What the fold needs to keep of a partition's orders: `Orders`, which a store fulfils."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from orderflow.core.messages import OrderDocument
from orderflow.core.outcome import Emit

Reference = tuple[str, int]
"""("customer" | "product", id)."""


class Waiting(Struct):
    """An order that is not whole yet, and since when: count and time of the tick, offset of the first such change."""

    doc: OrderDocument
    tick: int
    since_us: int
    offset: int


class Wait(NamedTuple):
    """All that waits in a partition: how many orders, and since when (microseconds)."""

    orders: int
    since_us: int


class Orders(Protocol):
    """The orders of one partition: those that wait shadow those that are published."""

    def get(self, ids: Sequence[int]) -> dict[int, OrderDocument | Waiting]:
        """Return what is known, by order id; unknown ids are absent."""

    def wait(self, orders: Iterable[Waiting]) -> None:
        """Keep orders that are not whole."""

    def publish(self, emits: Iterable[Emit]) -> None:
        """Take published documents as the state; they wait no longer."""

    def waited(self, tick: int) -> list[int]:
        """Return some orders that have waited since `tick` or longer, oldest first; empty when there are none."""

    def began(self, offset: int) -> list[int]:
        """Return some orders that have waited since before `offset`; empty when there are none."""

    def unshown(self, snapshot: str, topic_id: str, offset: int) -> Iterator[list[OrderDocument]]:
        """Yield, some at a time, the documents last changed before `offset` that this snapshot did not show."""

    def all_waiting(self) -> Wait:
        """Return the sum of what waits."""

    def incomplete(self) -> Iterator[list[OrderDocument]]:
        """Yield, some at a time, the published documents that are flagged and do not wait."""

    def gone(self) -> Iterator[list[OrderDocument]]:
        """Yield, some at a time, what is remembered of deleted orders."""

    def lack(self, needs: Mapping[int, Sequence[Reference]]) -> None:
        """Note which references these orders lack now, in place of what was noted before."""

    def lacking(self, reference: Reference, after: int) -> list[int]:
        """Return some orders beyond id `after` that lack the reference, in the order of their ids."""

    def due_lacks(self, tick: int) -> bool:
        """Say whether an order that has waited since `tick` or longer lacks a reference."""
