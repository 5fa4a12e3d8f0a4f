from hypothesis import given
from hypothesis import strategies as st

from orderflow.reconcile.chunks import LARGEST_ID, SMALLEST_ID, SPAN, Summary, differing, spans
from orderflow.reconcile.differences import DIFFERENT, EXTRA, MISSING, Difference, name

COLUMNS = ("order_id", "line_no", "quantity", "note")
VALUES = st.tuples(st.sampled_from(["1", "2"]), st.sampled_from([None, "", "x"]))
SIDES = st.dictionaries(st.tuples(st.sampled_from("123"), st.sampled_from("12")), VALUES)


def rows(side: dict[tuple[str, str], tuple[str, str | None]]) -> list[tuple[str | None, ...]]:
    return [(*key, *values) for key, values in side.items()]


@given(SIDES, SIDES)
def test_every_differing_key_is_named_once_with_its_kind(
    mysql: dict[tuple[str, str], tuple[str, str | None]], postgres: dict[tuple[str, str], tuple[str, str | None]]
) -> None:
    found = {difference.key: difference for difference in name(COLUMNS, 2, rows(mysql), rows(postgres))}
    kinds = {key: difference.kind for key, difference in found.items()}
    expected = dict.fromkeys(mysql.keys() - postgres.keys(), MISSING) | dict.fromkeys(
        postgres.keys() - mysql.keys(), EXTRA
    )
    both = {key for key in mysql.keys() & postgres.keys() if mysql[key] != postgres[key]}
    assert kinds == expected | dict.fromkeys(both, DIFFERENT)
    for key in both:
        pairs = zip(COLUMNS[2:], mysql[key], postgres[key], strict=True)
        assert found[key].columns == {column: (old, new) for column, old, new in pairs if old != new}


def test_a_difference_reads_as_a_line_that_tells_null_from_empty() -> None:
    found = Difference(("7", "1"), DIFFERENT, {"note": (None, "")})
    assert str(found) == "7/1 different (note: MySQL NULL, PostgreSQL '')"
    assert str(Difference(("7",), MISSING)) == "7 missing in PostgreSQL"


@given(st.dictionaries(st.integers(0, 5), st.tuples(st.integers(1, 3), st.integers(0, 3))),
       st.dictionaries(st.integers(0, 5), st.tuples(st.integers(1, 3), st.integers(0, 3))))  # fmt: skip
def test_chunks_differ_when_count_or_checksum_do(
    mysql: dict[int, tuple[int, int]], postgres: dict[int, tuple[int, int]]
) -> None:
    expected = [chunk for chunk in range(6) if mysql.get(chunk) != postgres.get(chunk)]
    assert differing(Summary(mysql), Summary(postgres)) == expected


@given(st.sets(st.integers(SMALLEST_ID, LARGEST_ID) | st.integers(-5, 5) | st.just(LARGEST_ID), max_size=20))
def test_spans_hold_every_id_once_and_skip_what_is_empty(ids: set[int]) -> None:
    found = list(spans(lambda first: min((one for one in ids if one >= first), default=None)))
    for one in ids:
        assert sum(first <= one <= last for first, last in found) == 1
    assert len(found) <= len(ids)
    assert all(last - first < SPAN and last <= LARGEST_ID for first, last in found)
