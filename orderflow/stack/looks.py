"""Looks at several servers at once, none of which may hold up the others: a server that hangs is said to hang."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from socket import create_connection
from threading import Thread
from time import monotonic
from typing import Any

LISTEN_SECONDS = 2.0

Look = Callable[[], Any]


def all_at_once(looks: Mapping[str, Look], seconds: float) -> dict[str, Any]:
    """Return each look's answer by name, or the exception it ended with; TimeoutError for one that takes longer."""
    answers: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    for name, look in looks.items():
        # daemons: one that hangs in a frozen server ends with the command
        Thread(target=_run, args=(name, look, answers), name=f"look-{name}", daemon=True).start()
    found: dict[str, Any] = {}
    deadline = monotonic() + seconds
    with suppress(Empty):  # what is missing then hangs
        while len(found) < len(looks):
            name, answer = answers.get(timeout=max(0.0, deadline - monotonic()))
            found[name] = answer
    return {name: found.get(name, TimeoutError(f"no answer within {seconds:.0f} s")) for name in looks}


def _run(name: str, look: Look, answers: SimpleQueue[tuple[str, Any]]) -> None:
    try:
        answers.put((name, look()))
    except Exception as error:  # noqa: BLE001  # carried to the caller's thread, which says it
        answers.put((name, error))


def listens(host: str, port: int) -> None:
    """Return when somebody listens there; raises OSError at once when nobody does (a client would try for longer)."""
    try:
        create_connection((host, port), timeout=LISTEN_SECONDS).close()
    except OSError as refused:
        raise ConnectionError(f"nobody listens on {host}:{port} ({refused.strerror or refused})") from None
