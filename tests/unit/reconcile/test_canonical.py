from functools import reduce
from operator import xor

from hypothesis import given
from hypothesis import strategies as st

from orderflow.reconcile import canonical

VALUES = st.none() | st.text(max_size=6) | st.sampled_from(["", "-", "1:", "0:", "1:-", "가", "😀"])
ROWS = st.lists(VALUES, min_size=1, max_size=4).map(tuple)


@given(ROWS, ROWS)
def test_only_equal_rows_have_equal_texts(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> None:
    assert (canonical.row_text(one) == canonical.row_text(other)) == (one == other)


def test_nothing_differs_from_an_empty_text_and_from_a_dash() -> None:
    texts = {canonical.row_text([value]) for value in (None, "", "-", "1:-")}
    assert len(texts) == 4


@given(st.sets(ROWS, max_size=8).flatmap(lambda rows: st.permutations(sorted(rows, key=repr))), st.integers(0, 8))
def test_a_checksum_needs_no_order_and_is_the_xor_of_its_chunks(rows: list[tuple[str | None, ...]], cut: int) -> None:
    whole = canonical.checksum(rows)
    assert whole == canonical.checksum(reversed(rows))
    assert whole == reduce(xor, [canonical.checksum(rows[:cut]), canonical.checksum(rows[cut:])])


@given(ROWS, ROWS)
def test_different_rows_have_different_checksums(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> None:
    assert (canonical.checksum([one]) == canonical.checksum([other])) == (one == other)


@given(st.integers(0, 2**128 - 1))
def test_both_databases_spell_the_same_number(number: int) -> None:
    assert canonical.from_bits(f"{number:0128b}") == canonical.from_hex(canonical.show(number)) == number
