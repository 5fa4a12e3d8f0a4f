"""The orders a plan may still change: the newest ones, bounded, any of them found by a random draw at once."""

from random import Random

from orderflow.load.order import Order

MOST = 5_000


class Living:
    """Orders by number; beyond `most` of them the oldest makes room."""

    def __init__(self, random: Random, most: int = MOST) -> None:
        self._random = random
        self._most = most
        self._numbers: list[int] = []
        self._place: dict[int, int] = {}
        self._orders: dict[int, Order] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def put(self, number: int, order: Order) -> None:
        """Remember an order, or what it has become."""
        if number not in self._orders:
            if len(self._numbers) >= self._most:
                self.forget(next(iter(self._orders)))
            self._place[number] = len(self._numbers)
            self._numbers.append(number)
        self._orders[number] = order

    def draw(self) -> tuple[int, Order]:
        """Return any living order; raises IndexError when there is none."""
        number = self._random.choice(self._numbers)
        return number, self._orders[number]

    def forget(self, number: int) -> None:
        """Never touch this order again; an unknown number is nothing to forget."""
        place = self._place.pop(number, None)
        if place is None:
            return
        del self._orders[number]
        last = self._numbers.pop()
        if last != number:
            self._numbers[place], self._place[last] = last, place
