"""The line over the tests' own stack."""

import pytest

from orderflow.stack.place import Place
from tests.line import Line


@pytest.fixture(scope="session")
def line(stack: Place) -> Line:
    return Line(stack.settings)
