"""How often each saved state was tried: a broken one is left for an older one, never tried for ever."""

import json
from pathlib import Path

from flink.states import State

LIMIT = 2
"""Starts from one state. A healthy start has a newer checkpoint within seconds, and that one starts from zero."""


def choose(states: list[State], file: Path) -> State | None:
    """Return the newest state that was not yet tried LIMIT times and count this try in `file`; None when all were."""
    counts = _read(file)
    for state in states:
        name = str(state.folder)
        if counts.get(name, 0) < LIMIT:
            known = {str(other.folder) for other in states}
            _write(
                file, {key: count for key, count in counts.items() if key in known} | {name: counts.get(name, 0) + 1}
            )
            return state
    return None


def spent(states: list[State], file: Path) -> list[State]:
    """Return the states that are not tried any more."""
    counts = _read(file)
    return [state for state in states if counts.get(str(state.folder), 0) >= LIMIT]


def _read(file: Path) -> dict[str, int]:
    try:
        counts: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:  # a half written count: start counting anew
        return {}
    return counts


def _write(file: Path, counts: dict[str, int]) -> None:
    file.write_text(json.dumps(counts), encoding="utf-8")
