"""Orderflow: every order from MySQL, whole, exact and once."""

__version__ = "0.1.0"
"""As pyproject.toml has it; a contract test holds the two together."""
