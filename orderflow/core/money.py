"""Money as whole cents: exact, no float anywhere. Text has two decimals, as MySQL's DECIMAL(18,2) prints it."""

import re

LARGEST = 10**18 - 1
"""DECIMAL(18,2) in cents."""

AMOUNT = r"-?[0-9]{1,16}\.[0-9]{2}"
"""A text of DECIMAL(18,2), as a regular expression."""

_amount = re.compile(AMOUNT).fullmatch
_four_amounts = re.compile(rf"{AMOUNT} {AMOUNT} {AMOUNT} {AMOUNT}").fullmatch


def cents(text: str) -> int | None:
    """Return `"-12.34"` as -1234, or None if it is no amount of two decimals within DECIMAL(18,2)."""
    return checked_cents(text) if _amount(text) else None


def checked_cents(text: str) -> int:
    """Return the cents of a text that is known to be an amount: no second look. Raises ValueError if it is none."""
    return int(text[:-3] + text[-2:])


def are_amounts(first: str, second: str, third: str, fourth: str) -> bool:
    """Say whether all four are amounts, in one look."""
    # a blank inside one of them would be a fourth blank: no match
    return _four_amounts(f"{first} {second} {third} {fourth}") is not None


def text(amount: int) -> str:
    """Return -1234 as `"-12.34"`."""
    sign, rest = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{rest // 100}.{rest % 100:02d}"
