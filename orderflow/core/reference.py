"""Customers and products in Debezium's events: bytes in, a row or a refusal out. Never raises on bad bytes."""

from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from orderflow.core.envelope import LARGEST_ID, LONGEST_KEY, UNREADABLE, shortened
from orderflow.core.messages import Customer, Product

Id = Annotated[int, Meta(ge=0, le=LARGEST_ID)]
R = TypeVar("R")


class Reference(Struct, Generic[R], gc=False):
    """A customer or product as it is now; `row` is None when it was deleted."""

    id: int
    row: R | None


class Refused(Struct, gc=False):
    """A record that cannot be accepted: a code for machines, a text for people; `id` is None if the key is unreadable.

    What was known of the row before is no longer true: forget it.
    """

    code: str
    text: str
    id: int | None = None


class _Key(Struct, gc=False):
    id: Id


class _Customer(Struct, gc=False):
    id: Id
    name: str
    city: str
    country: str
    tier: str


class _Product(Struct, gc=False):
    id: Id
    sku: str
    name: str
    category: str


class _Event(Struct, Generic[R], gc=False):
    op: str
    after: R | None = None


_key = msgspec.json.Decoder(_Key)
_customer = msgspec.json.Decoder(_Event[_Customer])
_product = msgspec.json.Decoder(_Event[_Product])


def decode_customer(key: bytes | None, value: bytes | None) -> Reference[Customer] | Refused:
    """Return the customer in one record of `mysql-customers`, or why it is refused."""
    found = _decode(_customer, key, value)
    if isinstance(found, Refused) or found.row is None:
        return found
    row: _Customer = found.row
    return Reference(row.id, Customer(row.id, row.name, row.city, row.country, row.tier))


def decode_product(key: bytes | None, value: bytes | None) -> Reference[Product] | Refused:
    """Return the product in one record of `mysql-products`, or why it is refused."""
    found = _decode(_product, key, value)
    if isinstance(found, Refused) or found.row is None:
        return found
    row: _Product = found.row
    return Reference(row.id, Product(row.id, row.sku, row.name, row.category))


def _decode(decoder: "msgspec.json.Decoder[Any]", key: bytes | None, value: bytes | None) -> Reference[Any] | Refused:
    try:
        id = _key.decode(key or b"").id
    except UNREADABLE as error:
        return Refused("undecodable_key", shortened(str(error)))
    if value is None:
        return Reference(id, None)  # a tombstone says what the delete event before it said
    try:
        event = decoder.decode(value)
    except UNREADABLE as error:
        return Refused("undecodable", shortened(str(error)), id)
    return _refuse(id, event) or Reference(id, event.after)


def _refuse(id: int, event: _Event[Any]) -> Refused | None:
    row = event.after
    if (row is not None) if event.op == "d" else (row is None or event.op not in ("c", "u", "r")):
        return Refused("unknown_operation", shortened(f"operation {event.op!r} without a row to show"), id)
    if row is None:
        return None
    if row.id != id:
        return Refused("key_is_not_the_row", f"the key says id {id}, the row {row.id}", id)
    return _refuse_texts(id, row)


def _refuse_texts(id: int, row: Any) -> Refused | None:
    for name in row.__struct_fields__:
        if isinstance(text := getattr(row, name), str) and "\0" in text:
            return Refused("nul_in_text", f"{name} holds U+0000, which PostgreSQL cannot store: write it without", id)
    if len(getattr(row, "category", "")) > LONGEST_KEY:
        return Refused("text_too_long", f"category takes {LONGEST_KEY} characters", id)
    return None
