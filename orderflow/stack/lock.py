"""Only one command at a time changes a stack."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from orderflow.stack.place import Place
from orderflow.stack.service import StackError


@contextmanager
def only_one(stack: Place) -> Iterator[None]:
    """Hold the stack's lock; raises StackError naming the process that holds it."""
    with stack.conf("lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StackError(
                f"another command is changing this stack (pid {lock.read().strip()}): wait for it"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
