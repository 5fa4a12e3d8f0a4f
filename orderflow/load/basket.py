"""Draws believable orders from a seeded random generator: what a customer puts into a basket, and where it goes."""

from decimal import Decimal
from random import Random

from orderflow.load.catalogue import Catalogue, Product
from orderflow.load.order import NOTHING, Line, Order

CENT = Decimal("0.01")
MOST_LINES = 6
STREETS = (
    "테헤란로", "세종대로", "해운대해변로", "중앙로", "강남대로", "Rue de l'Église", "Straße des 17. Juni",
    "O'Connell Street", "Nathan Road", "Calle Mayor", "5th Avenue", "表参道", "Łazienkowska",
)  # fmt: skip
SHIPPING = tuple(Decimal(fee) for fee in ("0.00", "0.10", "0.20", "2.90", "4.99", "3000.00"))
DISCOUNTS = tuple(Decimal(discount) for discount in ("0.00", "0.00", "0.00", "0.30", "1.01", "5.00", "1000.00"))


class Basket:
    """Draws from `random` only: the same generator state gives the same orders."""

    def __init__(self, random: Random, catalogue: Catalogue) -> None:
        self._random = random
        self._catalogue = catalogue
        self._currencies = sorted(catalogue.products)

    def order(self, status: str) -> Order:
        """Return an order of one to six lines, all in one currency."""
        pick = self._random.choice
        customer, currency = pick(self._catalogue.customers), pick(self._currencies)
        city = customer.city if self._random.random() < 0.9 else pick(self._catalogue.customers).city  # a present
        address = f"{self._random.randint(1, 400)} {pick(STREETS)}"
        lines = self._lines(currency)
        return Order(customer.id, status, currency, pick(SHIPPING), pick(DISCOUNTS), address, city, lines)

    def line(self, order: Order) -> Line:
        """Return one more line for this order."""
        line_no = max((line.line_no for line in order.lines), default=0) + 1
        return self._line(line_no, self._random.choice(self._catalogue.products[order.currency]))

    def quantity(self) -> int:
        """Return how many pieces: mostly one, now and then a whole box."""
        return self._random.choice((1, 1, 1, 2, 2, 3, 4, 12))

    def _lines(self, currency: str) -> tuple[Line, ...]:
        products = self._catalogue.products[currency]
        # min of two draws: small baskets are the most common, three lines the mean with the offset
        count = min(self._random.randint(1, MOST_LINES), self._random.randint(2, MOST_LINES))
        return tuple(self._line(n + 1, self._random.choice(products)) for n in range(count))

    def _line(self, line_no: int, product: Product) -> Line:
        return Line(line_no, product.id, self.quantity(), self._price(product.price))

    def _price(self, listed: Decimal) -> Decimal:
        """The price now: the listed one, or one that was reduced by some per cent."""
        if self._random.random() < 0.8:
            return listed.quantize(CENT)
        return max(NOTHING, (listed * self._random.randint(60, 99) / 100).quantize(CENT))
