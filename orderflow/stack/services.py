"""Every service of the stack, in the order in which they depend on each other."""

from functools import partial

from orderflow.stack import connect, flink, healer, kafka, mysql, mysql_init, mysql_users, postgres, readers, streams
from orderflow.stack.place import Place
from orderflow.stack.service import Service


def services(stack: Place) -> tuple[Service, ...]:
    """Return all services."""
    every = (
        mysql_users.let_in(stack, mysql.service(stack), partial(mysql_init.apply, stack)),
        postgres.service(stack),
        kafka.service(stack),
        connect.service(stack),
        healer.service(stack),
        *flink.services(stack),
        *streams.services(stack),
    )
    return readers.declared(every)
