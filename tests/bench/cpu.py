"""CPU time of each service's processes, read from /proc."""

import os
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from orderflow.stack import supervisor
from orderflow.stack.place import Place

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def by_service(stack: Place) -> dict[str, float]:
    """Return the CPU seconds used so far by each service, its children and those that ended included."""
    children = _children()
    return {
        name: sum(_seconds(pid) for pid in _family(int(record["pid"]), children))
        for name, record in supervisor.processes(stack).items()
        if record["pid"]
    }


def own() -> dict[str, float]:
    """Return the CPU seconds of the measurement itself: the load it ran, and its comparison."""
    load, comparison = (getrusage(who) for who in (RUSAGE_CHILDREN, RUSAGE_SELF))
    return {"(load)": load.ru_utime + load.ru_stime, "(reconcile)": comparison.ru_utime + comparison.ru_stime}


def _family(pid: int, children: dict[int, list[int]]) -> list[int]:
    return [pid, *(other for child in children.get(pid, ()) for other in _family(child, children))]


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    return children


def _seconds(pid: int) -> float:
    return sum(map(int, _stat(pid)[11:15])) / TICKS_A_SECOND


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the name, from the state on; empty when the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
