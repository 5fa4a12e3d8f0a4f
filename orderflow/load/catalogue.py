"""The reference rows that orders point to, read once from MySQL."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pymysql.cursors import Cursor


@dataclass(frozen=True)
class Customer:
    """Who orders, and where to."""

    id: int
    city: str


@dataclass(frozen=True)
class Product:
    """What is ordered; `price` is in the currency it is listed under."""

    id: int
    price: Decimal


@dataclass(frozen=True)
class Catalogue:
    """Customers, and active products by currency."""

    customers: tuple[Customer, ...]
    products: dict[str, tuple[Product, ...]]


def read(cursor: Cursor) -> Catalogue:
    """Read the catalogue; either part may be empty."""
    cursor.execute("SELECT id, city FROM customers ORDER BY id")
    customers = tuple(Customer(*row) for row in cursor.fetchall())
    cursor.execute("SELECT currency, id, price FROM products WHERE active ORDER BY id")
    return Catalogue(customers, _by_currency(cursor.fetchall()))


def _by_currency(rows: Iterable[tuple[str, int, Decimal]]) -> dict[str, tuple[Product, ...]]:
    groups: dict[str, list[Product]] = defaultdict(list)
    for currency, product_id, price in rows:
        groups[currency].append(Product(product_id, price))
    return {currency: tuple(products) for currency, products in groups.items()}
