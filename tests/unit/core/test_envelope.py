"""Bytes in, a change or a rejection out: whatever the bytes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.core.checks import check
from orderflow.core.envelope import LineChange, OrderChange, Rejected, TickChange, decode
from tests.examples import examples

ORDERS = [example for example in examples() if example.topic == "mysql-orders"]
GOOD = next(json.loads(example.value) for example in ORDERS if example.refused is None and b'"status"' in example.value)
LINE = next(json.loads(example.value) for example in ORDERS if b'"line_no"' in example.key)

DEEP = b"[" * 3000
LONG = b"1" * 5000
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**400, 1.5, 1e308, "", "x", "\0", "1", "-1.00",
    "1" * 5000 + ".00", "\ud7ff", "\U0010ffff", [], {}, [[]], {"id": 1}, "2026-02-30T00:00:00Z", "binlog", "binlog.x",
    "binlog." + "9" * 30, "c", "d", "r", "u", "t", "cu",
]  # fmt: skip


def event(**changes: object) -> bytes:
    return json.dumps(GOOD | changes).encode()


def key() -> bytes:
    return json.dumps({"id": GOOD["after"]["id"]}).encode()


def rejected(key: bytes | None, value: bytes) -> Rejected:
    change = decode(key, value, 7)
    assert isinstance(change, Rejected), change
    assert change.offset == 7
    assert len(change.text) < 600
    change.text.encode()
    return change


@pytest.mark.parametrize(
    "bad",
    [
        None,
        b"",
        b"null",
        b"[]",
        b"7",
        b'"id"',
        b"{",
        b'{"id":1}x',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'{"id":NaN}',
        b'{"id":1.0}',
        b'{"id":1e3}',
        b'{"id":true}',
        b'{"id":"1"}',
        b'{"id":' + LONG + b"}",
        b'{"a":' + DEEP,
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
    ],
)
def test_a_bad_key_is_undecodable(bad: bytes | None) -> None:
    found = rejected(bad, event())
    assert (found.code, found.order_id) == ("undecodable_key", None)


@pytest.mark.parametrize("bad", [b"{}", b'{"id":null}', b'{"order_id":1}', b'{"line_no":1}', b'{"ID":1}'])
def test_a_key_that_names_no_row_is_unknown(bad: bytes) -> None:
    assert rejected(bad, event()).code == "unknown_key"


@pytest.mark.parametrize("id", [-1, 2**63, 2**64, 10**30])
def test_an_id_that_no_column_holds_is_out_of_range(id: int) -> None:
    assert rejected(b'{"id":%d}' % id, event()).code == "id_out_of_range"


def test_ids_from_0_to_the_largest_are_read() -> None:
    for id in (0, 2**63 - 1):
        assert isinstance(decode(b'{"id":%d}' % id, event(after=GOOD["after"] | {"id": id}), 1), OrderChange)


@pytest.mark.parametrize(
    "value",
    [
        b"", b"null", b"{}", b"\xff", b'{"before":' + DEEP, b'{"before":' + LONG, b'{"op":"c"}', b'{"op":"\\ud800"}',
        b'{"op":"c","after":' + DEEP, b'{"op":"c","source":{"file":"b.1","pos":' + LONG + b"}}",
    ],
)  # fmt: skip
def test_a_bad_value_flags_the_order_of_its_key(value: bytes) -> None:
    found = rejected(b'{"id":5}', value)
    assert (found.code, found.order_id, found.row_name) == ("undecodable", 5, "order")


@pytest.mark.parametrize(
    "source",
    [
        {"file": "binlog"},
        {"file": "binlog.x"},
        {"file": "binlog.1_0"},
        {"file": "binlog.٣"},
        {"file": "b." + "9" * 4999},
        {"file": "b." + "9" * 30},
        {"file": None},
        {"pos": -1},
        {"pos": 2**63},
        {"pos": "4"},
        {"row": None},
        {"ts_us": 2**62},
        {"ts_us": -1},
        {"gtid": 7},
    ],
)
def test_a_source_that_cannot_be_placed_is_undecodable(source: dict[str, object]) -> None:
    assert rejected(key(), event(source=GOOD["source"] | source)).code == "undecodable"


@pytest.mark.parametrize("missing", ["file", "pos", "row", "ts_us"])
def test_a_source_lacks_no_part_of_the_place(missing: str) -> None:
    source = {name: value for name, value in GOOD["source"].items() if name != missing}
    assert rejected(key(), event(source=source)).code == "undecodable"


@pytest.mark.parametrize(
    ("gtid", "server"), [("u-1:5", "u-1"), ("u-1:tag:1-5", "u-1"), (None, "snapshot"), ("", "snapshot")]
)
def test_a_gtid_names_its_server_tagged_or_not(gtid: str | None, server: str) -> None:
    change = decode(key(), event(source=GOOD["source"] | {"gtid": gtid}), 1)
    assert isinstance(change, OrderChange)
    assert change.origin.server == server


@pytest.mark.parametrize("op", ["", "cu", "t", "m", "x", "C", "d", "x" * 9999])
def test_an_operation_that_shows_no_row_is_unknown(op: str) -> None:
    assert rejected(key(), event(op=op)).code == "unknown_operation"


def test_a_row_that_is_not_the_keys_is_refused() -> None:
    found = rejected(b'{"id":424242}', event())
    assert (found.code, found.order_id) == ("key_is_not_the_row", 424242)
    line = json.dumps(LINE).encode()
    order_id, line_no = LINE["after"]["order_id"], LINE["after"]["line_no"]
    for other in ((order_id + 1, line_no), (order_id, line_no + 1)):
        found = rejected(b'{"order_id":%d,"line_no":%d}' % other, line)
        assert (found.code, found.order_id, found.row_name) == ("key_is_not_the_row", other[0], f"line {other[1]}")


@pytest.mark.parametrize(("slot", "row", "op"), [(3, 3, "u"), (1, 2, "u"), (1, None, "d"), (1, 1, "x"), (-1, -1, "u")])
def test_a_tick_of_no_slot_is_refused(slot: int, row: int | None, op: str) -> None:
    value = event(after=None if row is None else {"slot": row}, op=op)
    assert rejected(b'{"slot":%d}' % slot, value).code == "unknown_tick"


def test_a_tick_is_read() -> None:
    assert isinstance(decode(b'{"slot":16}', event(after={"slot": 16}, op="u"), 1), TickChange)


@given(st.binary(max_size=60) | st.none(), st.binary(max_size=300))
def test_no_bytes_raise(key: bytes | None, value: bytes) -> None:
    assert isinstance(decode(key, value, 1), Rejected)


@given(st.data())
def test_no_mutation_of_a_real_event_raises(data: st.DataObject) -> None:
    example = data.draw(st.sampled_from(ORDERS))
    key, value = json.loads(example.key), json.loads(example.value)
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(data, data.draw(st.sampled_from([key, value, value.get("source"), value.get("after")])))
    settle(json.dumps(key).encode(), json.dumps(value).encode())


@given(st.data())
def test_no_damaged_bytes_of_a_real_event_raise(data: st.DataObject) -> None:
    example = data.draw(st.sampled_from(ORDERS))
    damaged = bytearray(example.value)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    settle(example.key, bytes(damaged))


def mutate(data: st.DataObject, part: Any) -> None:
    """Put an odd value in, take a field away, or add one."""
    if not isinstance(part, dict) or not part:
        return
    name = data.draw(st.sampled_from([*part, "new_column"]))
    if data.draw(st.booleans()):
        part[name] = data.draw(st.sampled_from(ODD))
    else:
        part.pop(name, None)


def settle(key: bytes, value: bytes) -> None:
    change = decode(key, value, 1)
    assert isinstance(change, OrderChange | LineChange | TickChange | Rejected)
    if isinstance(change, OrderChange | LineChange):
        refused = check(change)
        assert refused is None or len(refused.text) < 600
