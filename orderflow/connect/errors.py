"""What goes wrong between us and Kafka Connect."""


class ConnectError(RuntimeError):
    """A connector cannot be read, applied or kept running; the text says why and what to do."""
