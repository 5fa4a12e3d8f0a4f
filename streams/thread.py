"""Beside the event loop: what blocks runs in a thread."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Return what the work returns, without stopping the event loop meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, work)
