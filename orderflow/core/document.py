"""How one order's document follows its changes: the drop rule, the rows, the references, and what is still missing."""

from bisect import bisect_left
from operator import attrgetter
from typing import Protocol

from msgspec import UNSET

from orderflow.core import money
from orderflow.core.envelope import ORDER_ROW, SNAPSHOT, LineChange, OrderChange, OrderRow, Origin, Rejected, line_name
from orderflow.core.messages import Customer, Line, OrderDocument, Product, Source, Stages

SHOWN = 20
"""Refused rows that a reason names."""

_line_no = attrgetter("line_no")


class References(Protocol):
    """What is known of customers and products; None for an unknown id."""

    def customer(self, id: int) -> Customer | None:
        """Return the customer."""

    def product(self, id: int) -> Product | None:
        """Return the product."""


def is_stale(doc: OrderDocument, origin: Origin, topic_id: str) -> bool:
    """Say whether the document already holds this change, or a newer one of the same server.

    What was read before is known by its place in the input. What Connect sends again has a new one there, so its
    place in the binlog decides: (file, position), and not the row, for all events of a compressed transaction share
    one position and count their rows anew. At the newest position of the newest server everything is applied: a
    transaction sent again in its order ends where it ended. A snapshot shows the tables as they are: never old.
    """
    source = doc.source
    if source is not None and origin.offset <= source.offset and source.topic_id == topic_id:
        return True
    seen = doc.position.get(origin.server)
    if seen is None or origin.committed_us > doc.version or origin.server == SNAPSHOT:
        return False
    place, known = origin.at[:2], seen[:2]
    return place < known or (place == known and next(reversed(doc.position)) != origin.server)


def apply(doc: OrderDocument, change: OrderChange | LineChange, topic_id: str) -> bool:
    """Change the document in place; False if the change is old and nothing changed."""
    if is_stale(doc, change.origin, topic_id):
        return False
    if isinstance(change, OrderChange):
        _apply_order(doc, change)
    else:
        _apply_line(doc, change)
    stamp(doc, change.origin, topic_id)
    return True


def flag(doc: OrderDocument, rejected: Rejected, topic_id: str) -> bool:
    """Note that a row's newest change was refused; False if the document has seen this record or a newer one."""
    origin, source = rejected.origin, doc.source
    if origin is None and source and source.topic_id == topic_id and source.offset >= rejected.offset:
        return False
    if origin is not None and is_stale(doc, origin, topic_id):
        return False
    if rejected.row_name and rejected.row_name not in doc.rejected:
        doc.rejected.append(rejected.row_name)
    _show(doc, rejected)
    if origin is not None:
        stamp(doc, origin, topic_id)
    elif source is None:
        doc.source = Source(None, "", 0, 0, topic_id, rejected.offset)
    else:
        source.topic_id, source.offset = topic_id, rejected.offset
    return True


def _show(doc: OrderDocument, rejected: Rejected) -> None:
    """A refused row of a snapshot was shown all the same: its order is no ghost, and a line keeps its old values."""
    if rejected.snapshot is not None and rejected.row_name == ORDER_ROW:
        doc.snapshot = rejected.snapshot
    if doc.unshown is not UNSET:
        doc.unshown -= {line.line_no for line in doc.lines if line_name(line.line_no) == rejected.row_name}


def stamp(doc: OrderDocument, origin: Origin, topic_id: str) -> None:
    """Move position, version, source and stage times on to this change."""
    if origin.server == SNAPSHOT:  # positions beyond it are of an older numbering: they say nothing any more
        doc.position = {server: at for server, at in doc.position.items() if at <= origin.at}
    doc.position.pop(origin.server, None)
    doc.position[origin.server] = origin.at
    doc.version = max(doc.version, origin.committed_us)
    doc.source = Source(origin.gtid, origin.file, origin.at[1], origin.at[2], topic_id, origin.offset)
    doc.stages = Stages(origin.committed_us, origin.captured_us, 0)


def _apply_order(doc: OrderDocument, change: OrderChange) -> None:
    if ORDER_ROW in doc.rejected:
        doc.rejected.remove(ORDER_ROW)
    if change.row is None:
        doc.status = doc.customer = None
        doc.deleted = True
        return
    if change.snapshot:
        doc.snapshot, doc.rejected = change.snapshot, []
        doc.unshown = {line.line_no for line in doc.lines} or UNSET
    doc.deleted = UNSET
    _take_row(doc, change.row)


def _take_row(doc: OrderDocument, row: OrderRow) -> None:
    if doc.customer is None or doc.customer.id != row.customer_id:
        doc.customer = Customer(row.customer_id)
    doc.status, doc.currency = row.status, row.currency
    doc.items_total, doc.shipping_fee = row.items_total, row.shipping_fee
    doc.discount, doc.total_amount = row.discount, row.total_amount
    doc.delivery_address, doc.delivery_city = row.delivery_address, row.delivery_city
    doc.ordered_at, doc.updated_at = row.ordered_at, row.updated_at


def _apply_line(doc: OrderDocument, change: LineChange) -> None:
    name = line_name(change.line_no)
    if doc.rejected and name in doc.rejected:
        doc.rejected.remove(name)
    if doc.unshown is not UNSET:
        doc.unshown.discard(change.line_no)
    index = bisect_left(doc.lines, change.line_no, key=_line_no)
    old = doc.lines[index] if index < len(doc.lines) and doc.lines[index].line_no == change.line_no else None
    if change.row is None:
        if old is not None:
            del doc.lines[index]
        return
    row = change.row
    product = old.product if old is not None and old.product.id == row.product_id else Product(row.product_id)
    total = money.text(money.checked_cents(row.unit_price) * row.quantity)
    doc.lines[index : index + (old is not None)] = [Line(row.line_no, product, row.quantity, row.unit_price, total)]


def fill(doc: OrderDocument, references: References) -> None:
    """Take reference fields where they are still missing; what a document has, it keeps."""
    if doc.customer is not None and doc.customer.name is None:
        doc.customer = references.customer(doc.customer.id) or doc.customer
    for line in doc.lines:
        if line.product.sku is None:
            line.product = references.product(line.product.id) or line.product


def missing_references(doc: OrderDocument) -> list[tuple[str, int]]:
    """Return the ("customer" | "product", id) pairs that the document still waits for."""
    missing = [("product", line.product.id) for line in doc.lines if line.product.sku is None]
    if doc.customer is not None and doc.customer.name is None:
        missing.append(("customer", doc.customer.id))
    return missing


def is_gone(doc: OrderDocument) -> bool:
    """Say whether nothing is left of the order: no row, no lines, nothing refused."""
    return doc.status is None and not doc.lines and not doc.rejected


def imperfection(doc: OrderDocument) -> str | None:
    """Return why the order is not whole, or None if it has lines, balances and knows its references."""
    if doc.rejected:
        names, more = ", ".join(doc.rejected[:SHOWN]), len(doc.rejected) - SHOWN
        return f"rejected: {names} and {more} more" if more > 0 else f"rejected: {names}"
    if doc.status is None:
        return "order row missing"
    return _imbalance(doc) or _unknown(doc)


def _imbalance(doc: OrderDocument) -> str | None:
    try:
        return _difference(doc)
    except (TypeError, ValueError):  # our own documents hold amounts: somebody else wrote this one into the topic
        return "unbalanced: a document with amounts that cannot be read"


def _difference(doc: OrderDocument) -> str | None:
    lines = doc.lines if not doc.unshown else [line for line in doc.lines if line.line_no not in doc.unshown]
    if not lines:
        return "no lines"
    cents = money.checked_cents
    total = sum([cents(line.line_total) for line in lines])
    items = cents(doc.items_total)  # type: ignore[arg-type]  # None is a TypeError, see above
    parts = items + cents(doc.shipping_fee) - cents(doc.discount)  # type: ignore[arg-type]  # the same
    if total != items:
        return f"unbalanced: the lines come to {money.text(total)}, items_total is {doc.items_total}"
    if parts != cents(doc.total_amount):  # type: ignore[arg-type]  # the same
        return f"unbalanced: items, shipping and discount come to {money.text(parts)}"
    return None


def _unknown(doc: OrderDocument) -> str | None:
    missing = missing_references(doc)
    return f"{missing[-1][0]} {missing[-1][1]} unknown" if missing else None


def bury(doc: OrderDocument) -> None:
    """Leave only what an old change needs to know to stay dead: position, version and source."""
    doc.status = doc.customer = None
    doc.lines, doc.rejected = [], []
    doc.complete, doc.incomplete_reason = False, None
    doc.deleted = doc.unshown = UNSET


def is_beyond(doc: OrderDocument, marker: Origin, topic_id: str) -> bool:
    """Say whether a document from before this marker knows a position beyond it."""
    is_newer = doc.source is not None and doc.source.topic_id == topic_id and doc.source.offset >= marker.offset
    return not is_newer and any(at > marker.at for at in doc.position.values())


def remove(doc: OrderDocument, marker: Origin, topic_id: str) -> None:
    """Remove an order that a snapshot, ended by `marker`, did not show."""
    bury(doc)
    stamp(doc, marker, topic_id)


def prune(doc: OrderDocument) -> None:
    """Drop the lines that the newest snapshot did not show."""
    if doc.unshown is not UNSET:
        doc.lines = [line for line in doc.lines if line.line_no not in doc.unshown]
        doc.unshown = UNSET
