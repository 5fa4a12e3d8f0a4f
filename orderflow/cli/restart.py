"""`orderflow restart`: one service anew, the others left alone."""

import click

from orderflow.stack import control, folders, shutdown, supervisor
from orderflow.stack.lock import only_one
from orderflow.stack.place import place
from orderflow.stack.service import StackError


@click.command()
@click.argument("service")
def command(service: str) -> None:
    """Stop SERVICE, start it again and wait until it is ready; the Flink job with a savepoint."""
    stack = place()
    wanted = control.service(stack, service)
    folders.make(stack)
    with only_one(stack):
        if not supervisor.running(stack):
            raise StackError("nothing of the stack runs: `orderflow up` starts it")
        shutdown.stop_services(stack, [wanted.name], click.echo)
        control.start(stack, wanted.name)
    click.echo(f"{wanted.name} is ready")
