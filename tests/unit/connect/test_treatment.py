import pytest

from orderflow.connect.treatment import PARSER, Treatment, other_parser, treatment

WANTED = {PARSER: "default", "poll.interval.ms": "10"}
LEGACY = {**WANTED, PARSER: "legacy"}

UNPARSED = """\
org.apache.kafka.connect.errors.ConnectException: An exception occurred in the change event producer.
Caused by: io.debezium.text.ParsingException: DDL statement couldn't be parsed. Please open an issue with the
 statement 'ALTER TABLE orders ADD url TEXT'
mismatched input 'url' expecting {ACCOUNT_SYMBOL}
Caused by: org.antlr.v4.runtime.InputMismatchException
"""
HALF_A_ROW = """\
Caused by: io.debezium.DebeziumException: Error processing binlog event
Caused by: io.debezium.DebeziumException: Error processing row in orders, internal schema size 12, but row size 2 , \
restart connector with schema recovery mode.
"""
UNKNOWN_TABLE = "Encountered change event for table shop.orders whose schema isn't known to this connector"
NO_HISTORY = (
    "The db history topic or its content is fully or partially missing. Please check database schema history topic "
    "configuration and re-execute the snapshot."
)


def test_what_may_pass_is_started_again() -> None:
    for trace in ("java.sql.SQLException: Access denied", "Communications link failure", ""):
        assert treatment(trace, WANTED, WANTED) is Treatment.RESTART


def test_a_statement_goes_to_the_other_grammar_and_then_a_snapshot_passes_it() -> None:
    assert treatment(UNPARSED, WANTED, WANTED) is Treatment.OTHER_PARSER
    assert treatment(UNPARSED, LEGACY, WANTED) is Treatment.SNAPSHOT


@pytest.mark.parametrize("trace", [HALF_A_ROW, UNKNOWN_TABLE, NO_HISTORY])
def test_no_grammar_helps_with_a_row_or_a_history_that_cannot_be_read(trace: str) -> None:
    assert treatment(trace, WANTED, WANTED) is Treatment.SNAPSHOT


def test_the_other_grammar_is_all_that_changes() -> None:
    assert other_parser(WANTED) == LEGACY
    assert other_parser(LEGACY) == WANTED
    assert other_parser({}) == {PARSER: "legacy"}
