"""`orderflow run`: the main job on real input: load, watch the flow, compare."""

import sys
from collections.abc import Iterable
from random import SystemRandom
from time import monotonic

import click
from rich.live import Live

from orderflow.cli import load as load_verb
from orderflow.core.settings import Settings
from orderflow.environment import settings as read_settings
from orderflow.flow import NEXT, NEXT_IN_CONTAINERS, Watch, line, places, table
from orderflow.load import Load, LoadError, Paced
from orderflow.reconcile import Report, compare
from orderflow.stack import compose

PLAIN_SECONDS = 5.0
LIVE_SECONDS = 0.25


@click.command()
@click.option("--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, help="How long to load.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), default=100.0, show_default=True, help="Orders/s.")
@click.option("--timeout", type=click.FloatRange(min=0), default=120.0, show_default=True, help="Seconds to catch up.")
@click.option("--seed", type=int, help="The same seed makes the same choices.  [default: a new one, shown]")
def command(seconds: float, rate: float, timeout: float, seed: int | None) -> None:
    """The main job: load, watch the flow, compare.

    Inserts and changes orders in MySQL, shows them on their way, and compares MySQL with PostgreSQL at the end.
    Exit code 0 only when both are equal. Ctrl-C stops the load; the stack stays up.
    """
    settings = read_settings()
    seed = SystemRandom().getrandbits(32) if seed is None else seed
    load = Load(settings, Paced(rate, max(1, round(rate * seconds))), seed, _tell)
    try:
        load.start()
        _watch(settings, load)
        click.echo(load_verb.text(load.summary()) + "\n")
        report = compare(settings, timeout, _tell)
    except LoadError as error:
        _tell(f"the load failed: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        _interrupted(load)
    _end(settings, report, load_verb.exit_code(load.summary()))


def _watch(settings: Settings, load: Load) -> None:
    with Watch(settings) as watch:
        show = _watch_live if sys.stdout.isatty() else _watch_plain
        show(watch, load)
        click.echo(line(watch.newest, load.summary().seconds))


def _watch_live(watch: Watch, load: Load) -> None:
    def title() -> str:
        summary = load.summary()
        return f"{summary.orders:,} orders placed in {summary.seconds:.0f} s"

    with Live(table(watch.newest, title()), transient=True, auto_refresh=False) as live:
        while not load.wait(LIVE_SECONDS):
            live.update(table(watch.newest, title()), refresh=True)


def _watch_plain(watch: Watch, load: Load) -> None:
    shown = monotonic()
    while not load.wait(LIVE_SECONDS):
        if monotonic() - shown >= PLAIN_SECONDS:
            shown = monotonic()
            click.echo(line(watch.newest, load.summary().seconds))


def _interrupted(load: Load) -> None:
    load.stop()
    load.wait(load_verb.LAST_TRANSACTIONS_SECONDS)
    click.echo("interrupted; " + load_verb.text(load.summary()))
    sys.exit(load_verb.INTERRUPTED)


def _end(settings: Settings, report: Report, load_code: int) -> None:
    click.echo("\n".join(report.lines()))
    in_containers = bool(compose.running())
    _columns("where to look", places(settings, in_containers))
    _columns("what to type next", NEXT_IN_CONTAINERS if in_containers else NEXT)
    sys.exit(report.exit_code or load_code)


def _columns(title: str, rows: Iterable[tuple[str, str]]) -> None:
    rows = list(rows)
    width = max(len(first) for first, _ in rows)
    click.echo(f"\n{title}")
    for first, second in rows:
        click.echo(f"  {first:<{width}}  {second}")


def _tell(text: str) -> None:
    click.echo(text, err=True)
