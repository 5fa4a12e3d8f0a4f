"""What goes wrong between us and Kafka Connect."""

from orderflow.core.errors import OrderflowError


class ConnectError(OrderflowError):
    """A connector cannot be read, applied or kept running; the text says why and what to do."""
