"""Is there room for the stack? Told before it hurts, because a full disk shows itself as something else."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orderflow.stack.place import Place
from orderflow.stack.service import StackError

REFUSED_MB = 1_000
"""With less nothing is started: MySQL's and Kafka's first files alone take most of it."""

LOW_MB = 2_000
"""With less `status` is red: at full speed the line writes that much in some minutes."""

ROOMY_MB = 16_000
"""Three million orders with their lines, measured: the servers' data 9.7 GB, the worker's file 4.5, Flink 1.9."""

MEMORY_MB = 3_500
"""What all services use after the main job, measured."""

MB = 1024 * 1024


@dataclass(frozen=True)
class Disk:
    """Room where the state folder lies; `low` as soon as it must be looked after, `remedy` is empty unless it is."""

    free_mb: int
    low: bool
    says: str
    remedy: str


def disk(stack: Place) -> Disk:
    """Return how much room is left for the stack's data."""
    free = shutil.disk_usage(stack.state).free // MB
    low = free < LOW_MB
    remedy = f"make room where {stack.state} lies; services that ended of it: `orderflow up` starts them" if low else ""
    return Disk(free, low, f"{free:,} MB free", remedy)


def check(stack: Place, nothing_runs: bool) -> Iterator[str]:
    """Yield warnings; raises StackError when nothing runs and the disk is too full to start."""
    free = disk(stack).free_mb
    if nothing_runs and free < REFUSED_MB:
        raise StackError(
            f"{free} MB are free where {stack.state} lies, a start needs {REFUSED_MB}: make room, or move STATE_DIR"
        )
    if free < ROOMY_MB:
        yield f"{free:,} MB are free where {stack.state} lies: 3,000,000 orders need about {ROOMY_MB:,}"
    available = available_mb(Path("/proc/meminfo").read_text())
    if nothing_runs and available < MEMORY_MB:
        yield (
            f"{available} MB of memory are available, the stack uses about {MEMORY_MB}: "
            "the sizes under 'memory' in .env can be made smaller"
        )


def available_mb(meminfo: str) -> int:
    """Return MemAvailable of /proc/meminfo's text, MB."""
    line = next(line for line in meminfo.splitlines() if line.startswith("MemAvailable:"))
    return int(line.split()[1]) // 1024
