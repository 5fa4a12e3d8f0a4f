"""How often a job failed with each saved state: a broken one is left for an older one, never tried for ever."""

import json
from pathlib import Path

from flink.states import State

LIMIT = 2
"""Failures of one state. Only what a job says of its state counts, not that a process ended: crashes are no proof."""


def choose(states: list[State], file: Path) -> State | None:
    """Return the newest state that did not yet fail LIMIT times; None when all did."""
    counts = _read(file)
    return next((state for state in states if counts.get(str(state.folder), 0) < LIMIT), None)


def count(state: Path, file: Path) -> None:
    """Count a failure of `state`; what is counted of states that are gone is forgotten."""
    counts = {name: failures for name, failures in _read(file).items() if Path(name).exists()}
    _write(file, counts | {str(state): counts.get(str(state), 0) + 1})


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
