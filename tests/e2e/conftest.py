"""The line over the tests' own stack."""

import pytest

from orderflow.stack.place import Place
from tests.line import Line

LAST = ("test_consumer.py", "test_output_anew.py", "test_snapshot.py")
"""What looks back on the session, then what takes its output away, then what leaves 200,000 orders behind."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files of LAST in this order at the end."""
    items.sort(key=lambda item: LAST.index(item.path.name) + 1 if item.path.name in LAST else 0)


@pytest.fixture(scope="session")
def line(stack: Place) -> Line:
    return Line(stack.settings)
