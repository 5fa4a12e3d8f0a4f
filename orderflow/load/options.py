"""What a caller may ask of a load."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paced:
    """`orders` new orders at `rate` a second on an open-loop schedule, with the changes that belong to them."""

    rate: float
    orders: int


@dataclass(frozen=True)
class Backlog:
    """`orders` new orders as fast as MySQL takes them, many to a transaction, in every state, over the last days."""

    orders: int
