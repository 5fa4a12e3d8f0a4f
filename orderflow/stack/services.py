"""Every service of the stack, in the order in which they depend on each other."""

from orderflow.stack import connect, flink, healer, kafka, mysql, postgres, streams
from orderflow.stack.place import Place
from orderflow.stack.service import Service


def services(stack: Place) -> tuple[Service, ...]:
    """Return all services."""
    return (
        mysql.service(stack),
        postgres.service(stack),
        kafka.service(stack),
        connect.service(stack),
        healer.service(stack),
        *flink.services(stack),
        *streams.services(stack),
    )
