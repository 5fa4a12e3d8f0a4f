"""The stack's folders: taken once with a mark, closed to other users, forgotten without touching what is not ours."""

import os
import shutil
from pathlib import Path

from orderflow.stack.place import Place
from orderflow.stack.service import StackError

MARK = ".orderflow-state"
"""This file says that the folder is a stack's; a folder with other people's files is never taken."""

CLOSED = ("conf", "logs", "plugins", "flink", "streams")
"""Folders for us alone. `data` and the state folder itself may be passed: PostgreSQL's user goes to its own folder."""

OURS = (*CLOSED, "data", "run", "supervisord.pid", MARK)
"""All that a stack puts into its state folder."""

NOBODY_S = {"lost+found"}
"""What the root of a file system holds."""

PASSABLE, PRIVATE = 0o711, 0o700


def make(stack: Place) -> None:
    """Take the state folder and create what is in it; raises StackError when it is somebody else's, or OSError."""
    _take(stack.state)
    stack.state.chmod(PASSABLE)
    for name in CLOSED:
        _make(stack.state / name, PRIVATE)
    _make(stack.state / "data", PASSABLE)
    _make_socket_folder(stack.socket("x").parent)


def wipe(stack: Place) -> None:
    """Forget all state of a stopped stack; files of others, and what was downloaded, stay."""
    _remove(stack.socket("x").parent)
    for name in OURS:
        _remove(stack.state / name)
    if stack.state.is_dir() and not any(stack.state.iterdir()) and not stack.state.is_mount():
        stack.state.rmdir()


def _take(state: Path) -> None:
    state.mkdir(parents=True, exist_ok=True)
    others = {entry.name for entry in state.iterdir()} - NOBODY_S
    # a stack of an earlier version has no mark, but the supervisor's file
    if others and MARK not in others and not (state / "conf" / "supervisord.conf").exists():
        raise StackError(
            f"STATE_DIR {state} holds {', '.join(sorted(others)[:3])} and is no folder of this stack: "
            "name an empty or a new one in .env"
        )
    (state / MARK).touch()


def _make(folder: Path, mode: int) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)


def _make_socket_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise StackError(f"{folder} belongs to another user: set STATE_DIR in .env to a shorter path")
    folder.chmod(PRIVATE)


def _remove(path: Path) -> None:
    """Remove the file or tree; of a link to a folder (data on another disk) what is in it, not the link."""
    if path.is_symlink() and path.is_dir():
        for entry in path.iterdir():
            _remove(entry)
    elif path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
