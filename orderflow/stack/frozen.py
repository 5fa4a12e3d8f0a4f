"""Processes that are stopped by a signal (SIGSTOP, a debugger, Ctrl-Z): they run, and do nothing."""

from pathlib import Path

STOPPED = ("T", "t")


def frozen(pid: int) -> list[int]:
    """Return those of the process and its descendants that are stopped."""
    states = _states()
    return sorted(one for one in [pid, *_descendants(pid, states)] if states.get(one, (0, ""))[1] in STOPPED)


def children(pid: int) -> list[int]:
    """Return the process's descendants."""
    return _descendants(pid, _states())


def _descendants(pid: int, states: dict[int, tuple[int, str]]) -> list[int]:
    direct = [child for child, (parent, _) in states.items() if parent == pid]
    return [one for child in direct for one in (child, *_descendants(child, states))]


def _states() -> dict[int, tuple[int, str]]:
    """Return pid -> (parent, state) of every process."""
    states = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended while we looked
        states[int(stat.parts[2])] = int(parent), state
    return states
