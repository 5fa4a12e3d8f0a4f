"""What a service is: the data from which the supervisor's file, the start order and the status are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from orderflow.core.errors import OrderflowError


class StackError(OrderflowError):
    """The stack cannot do what was asked; the text says why and what to do."""


def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Service:
    """One server process.

    `awaited` returns None when the service is ready, else what is still missing. `prepare` makes its files before the
    first start and may be called any number of times. `ports` maps the variable of `.env` to the port it listens on.
    `stop_seconds` is the time after `stop_signal` until it is killed. `given` are the settings in its environment,
    `tied` those that only its files are made from (see readers).
    """

    name: str
    argv: tuple[str, ...]
    awaited: Callable[[], str | None]
    ports: Mapping[str, int] = field(default_factory=dict)
    prepare: Callable[[], None] = nothing
    ready_seconds: float = 120
    stop_signal: str = "TERM"
    stop_seconds: int = 20
    stop_group: bool = True
    given: frozenset[str] = frozenset()
    tied: frozenset[str] = frozenset()
