"""Is there room for the stack? Told before anything starts, because a full disk shows itself as something else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from orderflow.stack.place import Place
from orderflow.stack.service import StackError

DISK_MB = 2_000
"""Databases, topics and checkpoints of a first hour, logs at their limits."""

MEMORY_MB = 3_500
"""What all services use after the main job, measured."""

MB = 1024 * 1024


def check(stack: Place) -> Iterator[str]:
    """Yield warnings; raises StackError when the disk is too full to start."""
    free = shutil.disk_usage(stack.state).free // MB
    if free < DISK_MB:
        raise StackError(
            f"{free} MB are free where {stack.state} lies, the stack needs {DISK_MB}: make room, or move STATE_DIR"
        )
    available = available_mb(Path("/proc/meminfo").read_text())
    if available < MEMORY_MB:
        yield (
            f"{available} MB of memory are available, the stack uses about {MEMORY_MB}: "
            "the sizes under 'memory' in .env can be made smaller"
        )


def available_mb(meminfo: str) -> int:
    """Return MemAvailable of /proc/meminfo's text, MB."""
    line = next(line for line in meminfo.splitlines() if line.startswith("MemAvailable:"))
    return int(line.split()[1]) // 1024
