"""Orderflow: every order from MySQL, whole, exact and once."""
