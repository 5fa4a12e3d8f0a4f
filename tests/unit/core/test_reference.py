"""Customers and products: what arrives, what is refused, and that nothing raises."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.core.messages import Customer, Product
from orderflow.core.reference import Reference, Refused, decode_customer, decode_product

KEY = b'{"id":5}'
CUSTOMER = {
    "id": 5, "name": "정민준", "email": "a@example.com", "city": "서울", "country": "KR", "tier": "gold",
    "created_at": "2026-11-24T01:02:03Z", "updated_at": "2026-11-24T01:02:03Z",
}  # fmt: skip
PRODUCT = {
    "id": 5, "sku": "S-5", "name": "Kite", "category": "toys", "price": "1.00", "currency": "KRW", "active": 1,
}  # fmt: skip


def event(row: object, op: str = "c") -> bytes:
    return json.dumps({"before": None, "after": row, "source": {}, "op": op}).encode()


def test_a_row_arrives_with_the_fields_of_the_document() -> None:
    assert decode_customer(KEY, event(CUSTOMER)) == Reference(5, Customer(5, "정민준", "서울", "KR", "gold"))
    assert decode_product(KEY, event(PRODUCT, "r")) == Reference(5, Product(5, "S-5", "Kite", "toys"))


@pytest.mark.parametrize("value", [None, event(None, "d")])
def test_a_deleted_row_is_none(value: bytes | None) -> None:
    assert decode_customer(KEY, value) == Reference(5, None)
    assert decode_product(KEY, value) == Reference(5, None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "김\0민준"}, "nul_in_text"),
        ({"tier": None}, "undecodable"),
        ({"city": 7}, "undecodable"),
        ({"id": 6}, "key_is_not_the_row"),
        ({"id": 2**63}, "undecodable"),
    ],
)
def test_a_bad_customer_is_refused_by_its_id(change: dict[str, object], code: str) -> None:
    refused = decode_customer(KEY, event(CUSTOMER | change))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.id) == (code, 5)


def test_a_category_too_long_for_an_index_is_refused() -> None:
    refused = decode_product(KEY, event(PRODUCT | {"category": "x" * 501}))
    assert isinstance(refused, Refused)
    assert refused.code == "text_too_long"


def test_a_category_that_is_null_or_gone_is_named() -> None:
    refused = decode_product(KEY, event(PRODUCT | {"category": None}))
    assert isinstance(refused, Refused)
    assert "category" in refused.text
    del (renamed := dict(PRODUCT))["category"]
    refused = decode_product(KEY, event(renamed | {"kind": "toys"}))
    assert isinstance(refused, Refused)
    assert "category" in refused.text


@pytest.mark.parametrize("key", [None, b"", b"null", b"junk", b"{}", b'{"id":-1}', b'{"id":1.0}', b"[" * 3000])
def test_a_bad_key_names_no_row(key: bytes | None) -> None:
    refused = decode_customer(key, event(CUSTOMER))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.id) == ("undecodable_key", None)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{}",
        b"\xff",
        b'{"before":' + b"[" * 3000,
        b'{"op":"c","after":' + b'{"a":' * 3000,
        event(None),
        event(CUSTOMER, "x" * 9999),
    ],
)
def test_a_bad_value_is_refused_shortly(value: bytes) -> None:
    for refused in (decode_customer(KEY, value), decode_product(KEY, value)):
        assert isinstance(refused, Refused)
        assert refused.id == 5
        assert len(refused.text) < 600


@given(st.binary(max_size=80) | st.none(), st.binary(max_size=200) | st.none())
def test_no_bytes_raise(key: bytes | None, value: bytes | None) -> None:
    assert isinstance(decode_customer(key, value), Reference | Refused)
    assert isinstance(decode_product(KEY, value), Reference | Refused)
