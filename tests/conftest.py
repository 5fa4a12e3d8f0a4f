"""What all tiers share: the native stack, for tests that need the real servers."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.stack_fixture import stack

__all__ = ["stack"]

for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:  # by a background shell or nohup: what the tests start inherits it
        signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)

settings.register_profile("busy", deadline=None)  # other tests' servers share the machine; pytest-timeout is the limit
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """The command narrows its process's umask; in a test that calls it, that process is pytest."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
