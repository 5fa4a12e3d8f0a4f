"""Chunk checksums of two sides, and which chunks differ."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

CHUNK_BITS = 10
CHUNK_ORDERS = 1 << CHUNK_BITS
"""Order ids a chunk: small enough to fetch both sides' rows of a differing one."""

SPAN = 64 * CHUNK_ORDERS
"""Order ids a query: some seconds of work, after each of which there is progress to tell."""

SMALLEST_ID, LARGEST_ID = -(2**63), 2**63 - 1

EMPTY = (0, 0)

Progress = Callable[[int], None]
"""Gets the order id that has been read up to."""


@dataclass(frozen=True)
class Summary:
    """A table on one side: (rows, checksum) by chunk number (order id >> CHUNK_BITS)."""

    chunks: Mapping[int, tuple[int, int]]

    @property
    def rows(self) -> int:
        """Rows in all."""
        return sum(rows for rows, _ in self.chunks.values())

    @property
    def checksum(self) -> int:
        """XOR of the chunks' checksums, which is the table's."""
        total = 0
        for _, checksum in self.chunks.values():
            total ^= checksum
        return total


def differing(mysql: Summary, postgres: Summary) -> list[int]:
    """Return the numbers of the chunks that are not the same on both sides, ascending."""
    numbers = mysql.chunks.keys() | postgres.chunks.keys()
    return sorted(n for n in numbers if mysql.chunks.get(n, EMPTY) != postgres.chunks.get(n, EMPTY))


def bounds(number: int) -> tuple[int, int]:
    """Return a chunk's first and last order id."""
    return number << CHUNK_BITS, min(((number + 1) << CHUNK_BITS) - 1, LARGEST_ID)


def spans(smallest_from: Callable[[int], int | None], first: int = SMALLEST_ID) -> Iterator[tuple[int, int]]:
    """Yield (first, last) order ids of spans that are not empty; `smallest_from` finds the next id there is."""
    while first <= LARGEST_ID and (found := smallest_from(first)) is not None:
        start = found // SPAN * SPAN
        last = min(start + SPAN - 1, LARGEST_ID)
        yield start, last
        first = last + 1
