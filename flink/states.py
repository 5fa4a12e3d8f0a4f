"""Checkpoints and savepoints on disk: which are whole, which is newest, which can go."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flink.folders import Folders

KEPT = 3
"""States kept to fall back on, the newest among them."""


@dataclass(frozen=True)
class State:
    """A folder with a `_metadata` file, which Flink writes last; `completed` is its time, seconds since 1970."""

    folder: Path
    completed: float


def complete_states(folders: Folders) -> list[State]:
    """Return all whole checkpoints and savepoints, the newest first."""
    found = [*folders.checkpoints.glob("*/chk-*/_metadata"), *folders.savepoints.glob("*/_metadata")]
    states = [State(metadata.parent, metadata.stat().st_mtime) for metadata in found]
    return sorted(states, key=lambda state: state.completed, reverse=True)


def forget(folders: Folders, kept: Sequence[State]) -> None:
    """Delete every job folder and savepoint in which no `kept` state lives."""
    homes = {state.folder for state in kept} | {state.folder.parent for state in kept}
    for home in (*folders.checkpoints.glob("*"), *folders.savepoints.glob("*")):
        if home not in homes:
            shutil.rmtree(home)
