"""What all tiers share: the native stack, for tests that need the real servers."""

from tests.stack_fixture import stack

__all__ = ["stack"]
