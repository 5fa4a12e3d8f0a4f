"""Counts for a terminal: a table that lives, and a plain line for logs."""

from rich.table import Table

from orderflow.flow.counts import Counts

UNKNOWN = "-"


def table(counts: Counts, title: str) -> Table:
    """Return the hops, one a row."""
    view = Table(title=title, title_justify="left", box=None, pad_edge=False)
    view.add_column("hop")
    view.add_column("", justify="right", min_width=34)
    for hop, value in _hops(counts):
        view.add_row(hop, value)
    return view


def line(counts: Counts, seconds: float) -> str:
    """Return the same in one line."""
    return f"{seconds:5.0f} s  " + "; ".join(f"{hop} {value}" for hop, value in _hops(counts))


def _hops(counts: Counts) -> list[tuple[str, str]]:
    return [
        ("MySQL", f"{_count(counts.orders)} orders, {_count(counts.lines)} lines"),
        ("captured", f"{_count(counts.captured)} events"),
        ("processed", f"{_count(counts.processed)} documents"),
        ("PostgreSQL", f"{_count(counts.stored)} orders, {_count(counts.stored_lines)} lines"),
        ("freshness", f"p50 {_ms(counts.fresh_p50_ms)}, p99 {_ms(counts.fresh_p99_ms)}"),
        ("dead letters", _count(counts.dead_letters)),
    ]


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def _ms(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.0f} ms"
