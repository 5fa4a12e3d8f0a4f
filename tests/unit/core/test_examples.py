"""What becomes of real events, recorded from MySQL and Debezium."""

import pytest

from orderflow.core.checks import check
from orderflow.core.envelope import LineChange, OrderChange, Rejected, decode
from orderflow.core.reference import Refused, decode_customer, decode_product
from tests.examples import Example, examples


def refusal(example: Example) -> str | None:
    if example.topic == "mysql-orders":
        change = decode(example.key, example.value, 1)
        if isinstance(change, Rejected):
            return change.code
        assert isinstance(change, OrderChange | LineChange)
        refused = check(change)
        return refused.code if refused else None
    found = (decode_customer if example.topic == "mysql-customers" else decode_product)(example.key, example.value)
    return found.code if isinstance(found, Refused) else None


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.says)
def test_a_real_event_arrives_or_is_refused_as_noted(example: Example) -> None:
    assert refusal(example) == example.refused
