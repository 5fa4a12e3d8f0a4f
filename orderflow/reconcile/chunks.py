"""Chunk checksums of two sides, and which chunks differ."""

from collections.abc import Mapping
from dataclasses import dataclass

CHUNK_ORDERS = 1024
"""Order ids a chunk: small enough to fetch both sides' rows of a differing one."""

EMPTY = (0, 0)


@dataclass(frozen=True)
class Summary:
    """A table on one side: (rows, checksum) by chunk number (order id // CHUNK_ORDERS)."""

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
