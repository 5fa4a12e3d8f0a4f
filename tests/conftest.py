"""What all tiers share: the native stack, for tests that need the real servers."""

from hypothesis import settings

from tests.stack_fixture import stack

__all__ = ["stack"]

settings.register_profile("busy", deadline=None)  # other tests' servers share the machine; pytest-timeout is the limit
settings.load_profile("busy")
