"""The states of an order and the moves between them."""

TRANSITIONS: dict[str, frozenset[str]] = {
    "created": frozenset({"paid", "cancelled"}),
    "paid": frozenset({"preparing", "cancelled", "refunded"}),
    "preparing": frozenset({"shipped", "cancelled", "refunded"}),
    "shipped": frozenset({"delivered", "refunded"}),
    "delivered": frozenset({"refunded"}),
    "cancelled": frozenset(),
    "refunded": frozenset(),
}
"""Status -> the statuses that may follow it."""

REVERSED = frozenset({"cancelled", "refunded"})
"""Statuses whose orders bring no revenue: totals keep them in columns of their own."""


def is_legal(old: str | None, new: str) -> bool:
    """Say whether `new` may follow `old`; staying, and any first status, is legal."""
    return old is None or old == new or new in TRANSITIONS.get(old, frozenset())
