"""One writer's share of a backlog: many orders a transaction, in every state, spread over the last days."""

from collections.abc import Iterator
from random import Random
from threading import Event
from time import monotonic

from orderflow.core.statuses import TRANSITIONS
from orderflow.load.basket import Basket
from orderflow.load.catalogue import Catalogue
from orderflow.load.operations import Place
from orderflow.load.session import Outcome
from orderflow.load.writer import Writer

ORDERS_A_TRANSACTION = 1_000
DAYS_US = 3 * 24 * 60 * 60 * 1_000_000


def run(random: Random, catalogue: Catalogue, writer: Writer, orders: int, stop: Event) -> None:
    """Write `orders` orders, until `stop`."""
    placements = draw(random, catalogue)
    for first in range(0, orders, ORDERS_A_TRANSACTION):
        batch = [next(placements) for _ in range(min(ORDERS_A_TRANSACTION, orders - first))]
        if (
            stop.is_set()
            or writer.write(batch, dict.fromkeys((one.number for one in batch), monotonic())) is Outcome.STOPPED
        ):
            return


def draw(random: Random, catalogue: Catalogue) -> Iterator[Place]:
    """Yield orders without end."""
    basket, statuses, number = Basket(random, catalogue), sorted(TRANSITIONS), 0
    while True:
        number += 1
        yield Place(number, basket.order(random.choice(statuses)), random.randint(0, DAYS_US))
