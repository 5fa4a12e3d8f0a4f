"""Debezium's change events of `mysql-orders`: bytes in, a change or a rejection out. Never raises on bad bytes."""

from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from orderflow.core.messages import Position
from orderflow.core.topics import TICK_SLOTS

LARGEST_ID = 2**63 - 1
"""What a signed 64-bit column can hold."""

Count = Annotated[int, Meta(ge=0, le=LARGEST_ID)]
Microseconds = Annotated[int, Meta(ge=0, lt=253_402_300_800_000_000)]
"""Since 1970 UTC, before the year 10000."""

LONGEST_FILE_NUMBER = 18
"""Digits: what a signed 64-bit number holds in any case."""

UNREADABLE = (ValueError, RecursionError)
"""What decoders raise on bad bytes: bad JSON, UTF-8 and numbers are ValueErrors, JSON nested too deep is the other."""

LONGEST_TEXT = 500
"""Characters of a rejection's text: what it quotes may be as long as a record."""

LONGEST_KEY = 500
"""Characters of a text by which totals are found: PostgreSQL's index takes 2,700 bytes a row."""

SNAPSHOT = "snapshot"
"""Stands for the server in positions of snapshot rows, which have no GTID."""


class OrderRow(Struct, gc=False):
    """A row of `orders` as Debezium sends it."""

    id: int
    customer_id: int
    status: str
    currency: str
    items_total: str
    shipping_fee: str
    discount: str
    total_amount: str
    delivery_address: str | None
    delivery_city: str
    ordered_at: str
    updated_at: str


class LineRow(Struct, gc=False):
    """A row of `order_items`."""

    order_id: int
    line_no: int
    product_id: int
    quantity: int
    unit_price: str


class TickRow(Struct, gc=False):
    """A row of `order_ticks`."""

    slot: int


class Origin(Struct, gc=False):
    """Where a change comes from: server, place in its binlog, commit time, and the input record that brought it."""

    server: str
    at: Position
    committed_us: int
    captured_us: int
    gtid: str | None
    file: str
    offset: int


class OrderChange(Struct, gc=False):
    """An `orders` row as it is now; `row` is None when it was deleted."""

    order_id: int
    row: OrderRow | None
    snapshot: str | None
    origin: Origin


class LineChange(Struct, gc=False):
    """An `order_items` row as it is now; `row` is None when it was deleted."""

    order_id: int
    line_no: int
    row: LineRow | None
    snapshot: str | None
    origin: Origin


class TickChange(Struct, gc=False):
    """The source's clock; `snapshot` is set on the tick that ends a snapshot in this partition."""

    slot: int
    snapshot: str | None
    origin: Origin


class Rejected(Struct, gc=False):
    """A record that cannot be accepted: a code for machines, a text for people, and what of it could be read."""

    code: str
    text: str
    offset: int
    order_id: int | None = None
    row_name: str | None = None
    origin: Origin | None = None
    snapshot: str | None = None


Change = OrderChange | LineChange | TickChange


class _Key(Struct, gc=False):
    id: int | None = None
    order_id: int | None = None
    line_no: int | None = None
    slot: int | None = None


class _Source(Struct, gc=False):
    file: str
    pos: Count
    row: Count
    ts_us: Microseconds
    gtid: str | None = None
    snapshot: str | None = None


R = TypeVar("R")


class _Envelope(Struct, Generic[R], gc=False):
    op: str
    source: _Source
    after: R | None = None
    ts_us: Microseconds = 0


_key = msgspec.json.Decoder(_Key)
_order = msgspec.json.Decoder(_Envelope[OrderRow])
_line = msgspec.json.Decoder(_Envelope[LineRow])
_tick = msgspec.json.Decoder(_Envelope[TickRow])
_any = msgspec.json.Decoder(_Envelope[Any])

ORDER_ROW = "order"

SHOWING = frozenset({"c", "u", "r"})
"""Operations that show a row: created, updated, read by a snapshot."""


def line_name(line_no: int) -> str:
    """Return how documents name a line in `rejected`."""
    return f"line {line_no}"


def shortened(text: str) -> str:
    """Return a rejection's text, cut where it quotes too much."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}.."


def decode(key: bytes | None, value: bytes, offset: int) -> Change | Rejected:
    """Return the change in one record of `mysql-orders`, or why it cannot be read."""
    try:
        name = _key.decode(key or b"")
    except UNREADABLE as error:
        return Rejected("undecodable_key", shortened(str(error)), offset)
    id = name.order_id if name.id is None else name.id
    if id is not None and not 0 <= id <= LARGEST_ID:
        return Rejected("id_out_of_range", shortened(f"order id {id} is outside 0..2^63-1"), offset)
    try:
        return _change(name, value, offset)
    except UNREADABLE as error:
        order_id, row_name = _names(name)
        return Rejected("undecodable", shortened(str(error)), offset, order_id, row_name, *_origin_of(value, offset))


def _change(key: _Key, value: bytes, offset: int) -> Change | Rejected:
    if key.id is not None:
        order = _order.decode(value)
        row = order.after
        order_change = OrderChange(key.id, row, _snapshot(order), _origin(order, offset))
        return _checked(order.op, order_change, key, row is None or row.id == key.id)
    if key.order_id is not None and key.line_no is not None:
        line = _line.decode(value)
        item = line.after
        line_change = LineChange(key.order_id, key.line_no, item, _snapshot(line), _origin(line, offset))
        is_its = item is None or (item.order_id == key.order_id and item.line_no == key.line_no)
        return _checked(line.op, line_change, key, is_its)
    if key.slot is not None:
        return _tick_change(key.slot, _tick.decode(value), offset)
    return Rejected("unknown_key", "the key names no row of orders, order_items or order_ticks", offset)


def _checked(op: str, change: OrderChange | LineChange, key: _Key, is_its: bool) -> Change | Rejected:
    if not is_its:
        return _refused("key_is_not_the_row", "the key names another row than the value shows", change, key)
    if (change.row is None) if op == "d" else (change.row is not None and op in SHOWING):
        return change
    return _refused("unknown_operation", f"operation {op!r} without a row to show", change, key)


def _refused(code: str, text: str, change: OrderChange | LineChange, key: _Key) -> Rejected:
    order_id, row_name = _names(key)
    offset = change.origin.offset
    return Rejected(code, shortened(text), offset, order_id, row_name, change.origin, change.snapshot)


def _tick_change(slot: int, tick: _Envelope[TickRow], offset: int) -> TickChange | Rejected:
    if tick.after is None or tick.after.slot != slot or slot not in TICK_SLOTS or tick.op not in SHOWING:
        return Rejected("unknown_tick", f"no tick of one of the slots {TICK_SLOTS}", offset)
    return TickChange(slot, _snapshot(tick), _origin(tick, offset))


def _names(key: _Key) -> tuple[int | None, str | None]:
    if key.id is not None:
        return key.id, ORDER_ROW
    if key.order_id is not None and key.line_no is not None:
        return key.order_id, line_name(key.line_no)
    return None, None


def _snapshot(envelope: _Envelope[R]) -> str | None:
    """Name the snapshot a row belongs to: all rows of one carry its binlog position. Incremental ones have no end."""
    source = envelope.source
    return f"{source.file}:{source.pos}" if envelope.op == "r" and source.snapshot != "incremental" else None


def _origin(envelope: _Envelope[R], offset: int) -> Origin:
    source = envelope.source
    server = source.gtid.partition(":")[0] if source.gtid else SNAPSHOT
    at = (_file_number(source.file), source.pos, source.row)
    return Origin(server, at, source.ts_us, envelope.ts_us, source.gtid, source.file, offset)


@lru_cache(maxsize=16)  # one file brings a million events
def _file_number(file: str) -> int:
    """Return 2 for `binlog.000002`; raises ValueError."""
    digits = file.rpartition(".")[2]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_FILE_NUMBER):
        raise ValueError(f"the binlog file {file!r} has no number")
    return int(digits)


def _origin_of(value: bytes, offset: int) -> tuple[Origin | None, str | None]:
    try:
        envelope = _any.decode(value)
        return _origin(envelope, offset), _snapshot(envelope)
    except UNREADABLE:
        return None, None  # not even the envelope can be read: the rejection then stands at its offset only
