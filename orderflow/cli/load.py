"""`orderflow load`: insert and change orders in MySQL through plain SQL."""

import json
import sys
from random import SystemRandom
from time import monotonic
from typing import NoReturn

import click

from orderflow.environment import settings
from orderflow.load import Backlog, Load, LoadError, Paced, Summary

PROGRESS_SECONDS = 5.0
LAST_TRANSACTIONS_SECONDS = 30.0
INTERRUPTED = 130


@click.command()
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), default=100.0, show_default=True, help="Orders/s.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="How long.  [default: 60]")
@click.option("--orders", type=click.IntRange(min=1), help="How many orders, instead of --seconds.")
@click.option("--backlog", type=click.IntRange(min=1), help="Insert this many orders as fast as MySQL takes them.")
@click.option("--seed", type=int, help="The same seed makes the same choices.  [default: a new one, shown]")
@click.option("--writers", type=click.IntRange(1, 64), default=4, show_default=True, help="Connections to MySQL.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(
    rate: float, seconds: float | None, orders: int | None, backlog: int | None,
    seed: int | None, writers: int, as_json: bool,
) -> None:  # fmt: skip
    """Insert and change orders in MySQL through plain SQL.

    Each order comes with its lines in one transaction; status changes, line changes, cancellations, refunds and
    deletes follow. The schedule is open-loop: a slow MySQL makes the load late, not smaller. Ctrl-C ends it cleanly.
    """
    if sum(option is not None for option in (seconds, orders, backlog)) > 1:
        raise click.UsageError("--seconds, --orders and --backlog exclude each other")
    what = Backlog(backlog) if backlog else Paced(rate, orders or max(1, round(rate * (seconds or 60.0))))
    seed = SystemRandom().getrandbits(32) if seed is None else seed
    load = Load(settings(), what, seed, _tell, writers)
    try:
        load.start()
    except LoadError as error:
        _fail(error)
    try:
        _follow(load, what.orders)
    except LoadError as error:
        _fail(error)
    finally:
        click.echo(json.dumps(load.summary().as_dict()) if as_json else text(load.summary()))
    sys.exit(exit_code(load.summary()))


def exit_code(summary: Summary) -> int:
    """Return 1 when MySQL did not take every new order, 130 after Ctrl-C."""
    if summary.refused_orders:
        return 1
    return INTERRUPTED if summary.stopped else 0


def _fail(error: LoadError) -> NoReturn:
    _tell(f"the load failed: {error}")
    sys.exit(1)


def text(summary: Summary) -> str:
    """Return the summary as two lines for people; what went wrong stands at the end."""
    changes = ", ".join(f"{count:,} {name}" for name, count in summary.changes.items()) or "no changes"
    late = f"p50 {summary.late_p50_ms:.1f} ms, p99 {summary.late_p99_ms:.1f} ms"
    return (
        f"{summary.orders:,} orders with {summary.lines:,} lines in {summary.seconds:.1f} s; {changes}\n"
        f"each order, due to committed: {late}; seed {summary.seed}" + _trouble(summary)
    )


def _trouble(summary: Summary) -> str:
    told = {
        f"{summary.reconnects} reconnects": summary.reconnects,
        f"{summary.unknown} operations with an unknown end": summary.unknown,
        f"MySQL refused {summary.refused:,} operations, {summary.refused_orders:,} new orders among them:"
        f" {summary.refusal}": summary.refused,
    }
    return "".join(f"; {text}" for text, count in told.items() if count)


def _follow(load: Load, orders: int) -> None:
    shown = monotonic()
    try:
        while not load.wait(0.2):
            if monotonic() - shown >= PROGRESS_SECONDS:
                shown = monotonic()
                _tell(f"{load.summary().orders:,} of {orders:,} orders")
    except KeyboardInterrupt:
        load.stop()
        load.wait(LAST_TRANSACTIONS_SECONDS)


def _tell(line: str) -> None:
    click.echo(line, err=True)
