"""Money as whole cents: exact, no float anywhere. Text has two decimals, as MySQL's DECIMAL(18,2) prints it."""

LARGEST = 10**18 - 1
"""DECIMAL(18,2) in cents."""


def cents(text: str) -> int | None:
    """Return `"-12.34"` as -1234, or None if it is no amount of two decimals within DECIMAL(18,2)."""
    whole, dot, fraction = text.partition(".")
    digits = whole.removeprefix("-")
    if (
        dot != "."
        or len(fraction) != 2
        or not (digits + fraction).isascii()
        or not (digits and (digits + fraction).isdigit())
    ):
        return None
    amount = int(whole + fraction)
    return amount if -LARGEST <= amount <= LARGEST else None


def text(amount: int) -> str:
    """Return -1234 as `"-12.34"`."""
    sign, rest = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{rest // 100}.{rest % 100:02d}"
