"""The base of our own errors: whoever runs a command reads their text, and no traceback."""


class OrderflowError(Exception):
    """Something cannot be done; the text says why and what to do about it."""
