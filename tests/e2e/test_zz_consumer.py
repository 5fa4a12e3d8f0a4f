"""What a consumer of `processed-orders` saw over the whole session, all faults included. Runs after what breaks."""

from orderflow.core import codec, money
from orderflow.core.topics import PROCESSED_ORDERS
from tests.line import Line


def test_no_half_order_no_version_back_and_money_to_the_cent(line: Line) -> None:
    versions: dict[bytes, int] = {}
    read = complete = 0
    for message in line.read(PROCESSED_ORDERS.name):
        key, value = message.key() or b"", message.value()
        found = codec.published(key, value, message.headers() or [])  # type: ignore[arg-type]  # pairs when consumed
        if isinstance(found, str):
            continue  # what a test wrote there as a stranger
        doc, version = found if value else None, found.version
        assert version >= versions.get(key, 0), f"order {key.decode()} went back"
        versions[key] = version
        read += 1
        if doc and doc.complete:
            complete += 1
            lines = sum(money.cents(line.line_total) or 0 for line in doc.lines)
            assert doc.lines
            assert money.text(lines) == doc.items_total
            amounts = [money.cents(text or "") or 0 for text in (doc.items_total, doc.shipping_fee, doc.discount)]
            assert money.text(amounts[0] + amounts[1] - amounts[2]) == doc.total_amount
    assert complete > 1000, f"only {complete} of {read} documents were complete: the run proves nothing"
