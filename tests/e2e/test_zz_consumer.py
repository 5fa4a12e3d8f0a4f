"""What a consumer of `processed-orders` saw over the whole session, all faults included. Runs last."""

from orderflow.core import codec, money
from orderflow.core.topics import PROCESSED_ORDERS
from tests.line import Line, texts


def test_no_half_order_no_version_back_and_money_to_the_cent(line: Line) -> None:
    versions: dict[bytes, int] = {}
    read = complete = 0
    for message in line.read(PROCESSED_ORDERS.name):
        key, value = message.key() or b"", message.value()
        doc = codec.decode_document(value) if value else None
        version = doc.version if doc else int(texts(message)["version"])
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
