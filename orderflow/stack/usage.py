"""What a process uses, and how often the supervisor had to start it again."""

import re
from collections import Counter
from pathlib import Path

from orderflow.stack.place import Place

UNPLANNED_END = re.compile(r"exited: (\S+) \(")
SUPERVISOR_START = "supervisord started with pid"
KIB_A_MB = 1024


def resident_mb(pid: int) -> int:
    """Return the resident memory of the process and its descendants, MB; 0 when it has ended."""
    children = _children()
    family, unseen = set[int](), [pid]
    while unseen:
        one = unseen.pop()
        family.add(one)
        unseen += [child for child in children.get(one, ()) if child not in family]
    return sum(_resident_kib(one) for one in family) // KIB_A_MB


def restarts(stack: Place) -> Counter[str]:
    """Return how often each service ended unplanned since the supervisor started."""
    log = stack.log("supervisord")
    text = log.read_text(errors="replace") if log.exists() else ""
    return Counter(UNPLANNED_END.findall(text.rpartition(SUPERVISOR_START)[2]))


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended while we looked
        children.setdefault(parent, []).append(int(stat.parts[2]))
    return children


def _resident_kib(pid: int) -> int:
    """Return private plus this process's share of shared memory, so that PostgreSQL's children do not count it anew."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it ended, or it is another user's
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
