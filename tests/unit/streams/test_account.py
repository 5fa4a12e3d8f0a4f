"""What the broker's reports say: how far all is known, and which offsets are not ours."""

from typing import cast

from confluent_kafka import KafkaError, Message

from streams.account import Account, Strange
from tests.unit.streams.wire import Report


def acknowledge(account: Account, *offsets: int) -> None:
    for offset in offsets:
        account.report(None, cast(Message, Report(offset)))


def sent(account: Account, count: int) -> None:
    account.sent += count


def test_offsets_between_ours_hold_the_place_until_they_are_made_good_and_that_is_known() -> None:
    account = Account("t[0]", 10)
    sent(account, 3)
    acknowledge(account, 10, 11, 14)
    assert account.unmended() == [Strange(12, 14)]
    assert (account.known_to(2), account.known_to(3)) == (12, 12)
    sent(account, 1)
    account.mended(account.unmended())
    assert account.known_to(3) == 12, "what makes it good is still on its way"
    acknowledge(account, 15)
    assert account.known_to(4) == 16


def test_an_end_beyond_ours_is_a_strangers() -> None:
    account = Account("t[0]", 10)
    account.found_end(12)
    assert account.unmended() == [Strange(10, 12)]
    sent(account, 1)
    acknowledge(account, 12)
    assert (account.end, account.known_to(1)) == (13, 10)
    sent(account, 1)
    account.mended(account.unmended())
    acknowledge(account, 13)
    assert account.known_to(2) == 14


def test_a_message_without_an_offset_follows_the_one_before() -> None:
    account = Account("t[0]", 10)
    sent(account, 3)
    acknowledge(account, 10, -1001, 12)
    assert (account.unmended(), account.known_to(3)) == ([], 13)


def test_a_topic_made_anew_is_an_error() -> None:
    account = Account("t[0]", 10)
    sent(account, 1)
    acknowledge(account, 0)
    assert account.error is not None
    assert "made anew" in account.error


def test_it_is_quiet_when_all_is_acknowledged_or_has_failed() -> None:
    account = Account("t[0]", 10)
    sent(account, 2)
    acknowledge(account, 10)
    assert not account.is_quiet()
    account.report(KafkaError(KafkaError._MSG_TIMED_OUT), cast(Message, Report(0)))
    assert account.is_quiet()
    assert account.error
