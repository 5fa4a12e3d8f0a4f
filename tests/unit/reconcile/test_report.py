import json

from orderflow.reconcile.differences import MISSING, MOST_NAMED, REFUSED, Difference, Named
from orderflow.reconcile.report import SHOWN_DIFFERENCES, Report, TableReport


def unequal(differences: int) -> TableReport:
    found = Named()
    for key in range(differences):
        found.add(Difference((str(key),), MISSING))
    return TableReport("order_items", 5312, 5312 - differences, 0x3FA9 << 112, 0x51 << 120, found)


EQUAL = TableReport("orders", 5312, 5312, 0x3FA9 << 112, 0x3FA9 << 112)


def test_equal_tables_end_with_the_verdict_and_nothing_else() -> None:
    lines = list(Report([EQUAL]).lines())
    assert lines[0].split() == ["orders", "5,312", "=", "5,312", "checksum", "3fa90000", "equal"]
    assert lines[-1] == "MySQL = PostgreSQL"


def test_the_first_differences_are_printed_and_the_rest_counted() -> None:
    lines = list(Report([EQUAL, unequal(23)]).lines())
    assert lines[1].split()[:4] == ["order_items", "5,312", "!=", "5,289"]
    assert sum("missing in PostgreSQL" in line for line in lines) == SHOWN_DIFFERENCES
    assert lines[-2] == "  and 3 more (--json names the first 1,000)"
    assert lines[-1] == "MySQL != PostgreSQL: rows differ in order_items"


def test_json_names_every_difference() -> None:
    report = json.loads(json.dumps(Report([EQUAL, unequal(23)]).as_dict()))
    assert report["equal"] is False
    assert [len(table["differences"]) for table in report["tables"]] == [0, 23]
    assert report["tables"][1]["differences"][22] == {"key": ["22"], "kind": MISSING}


def test_equal_counts_with_another_checksum_are_not_equal() -> None:
    assert not TableReport("orders", 1, 1, 1, 2).equal
    assert not Report([TableReport("orders", 1, 1, 1, 2)]).equal


def test_a_trouble_is_the_verdict() -> None:
    report = Report([], "writers are active")
    assert not report.equal
    assert report.exit_code == 2
    assert list(report.lines()) == ["could not compare: writers are active"]


def test_exit_codes_tell_equal_from_different() -> None:
    assert Report([EQUAL]).exit_code == 0
    assert Report([EQUAL, unequal(1)]).exit_code == 1


def test_a_table_that_is_all_wrong_is_counted_and_needs_no_memory() -> None:
    report = json.loads(json.dumps(Report([unequal(5000)]).as_dict()))
    (table,) = report["tables"]
    assert table["differing"] == 5000
    assert len(table["differences"]) == MOST_NAMED


def test_rows_that_had_to_be_refused_are_named_and_the_rest_is_equal() -> None:
    refused = Named()
    refused.add(Difference(("7",), REFUSED, {"status": ("teleported", "paid")}))
    found = Report([EQUAL, TableReport("orders", 1, 1, 1, 2, refused=refused)])
    assert found.equal
    assert found.exit_code == 0
    assert found.verdict() == "MySQL = PostgreSQL, 1 rows refused (see orders-dlq)"
    assert any("orders 7 refused (see orders-dlq)" in line for line in found.lines())


def test_a_difference_beside_a_refusal_is_a_difference() -> None:
    refused, differences = Named(), Named()
    refused.add(Difference(("7",), REFUSED))
    differences.add(Difference(("8",), MISSING))
    assert not TableReport("orders", 1, 1, 1, 2, differences, refused).equal
