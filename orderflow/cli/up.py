"""`orderflow up`: the whole stack, ready."""

from collections.abc import Callable, Iterator
from functools import partial

import click

from orderflow import environment
from orderflow.cli.progress import Startup
from orderflow.stack import capacity, folders, orphans, shutdown, startup, supervisor, versions
from orderflow.stack.lock import only_one
from orderflow.stack.place import Place, place
from orderflow.stack.ports import refuse_taken
from orderflow.stack.task_graph import Step, run_all


@click.command()
@click.option("--only", default="", metavar="A,B", help="Only these parts, for work on one of them.")
def command(only: str) -> None:
    """Start the stack and wait until every part is ready.

    Running parts are left alone, unless a setting that they read has changed.
    """
    stack = place()
    folders.make(stack)
    with only_one(stack):
        _up(stack, frozenset(filter(None, (name.strip() for name in only.split(",")))))


def _up(stack: Place, only: frozenset[str]) -> None:
    steps = _steps(stack, only)
    versions.refuse_others(stack)
    began_empty = not supervisor.running(stack)
    if began_empty and (left := orphans.end(stack)):
        click.echo(f"the last supervisor died; ended what it left: {', '.join(left)}")
    for warning in _warnings(stack, began_empty):
        click.echo(f"warning: {warning}")
    refuse_taken(stack, {step.name for step in steps})
    try:
        changed = supervisor.ensure(stack, partial(_stop, stack))
        with Startup() as startup_progress:
            run_all(_steps(stack, only | changed if only else only), startup_progress.report)
    except KeyboardInterrupt:
        if began_empty:
            click.echo("interrupted: stopping what was started")
            shutdown.stop(stack, click.echo)
        raise


def _warnings(stack: Place, began_empty: bool) -> Iterator[str]:
    yield from environment.misspelt()
    yield from capacity.check(stack, began_empty)


def _stop(stack: Place, names: set[str]) -> None:
    if names:
        click.echo(f"their settings changed: {', '.join(sorted(names))}")
        shutdown.stop_services(stack, names, click.echo)


def _steps(stack: Place, only: frozenset[str]) -> list[Step]:
    return startup.steps(stack, partial(_apply_connectors, stack), only)


def _apply_connectors(stack: Place, progress: Callable[[str], None]) -> None:
    from orderflow.connect import apply_all

    apply_all(stack.settings, progress)
