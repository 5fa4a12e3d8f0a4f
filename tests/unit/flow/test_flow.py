import re
from typing import Any

import pymysql
import pytest
from rich.console import Console

from orderflow.cli import VERBS
from orderflow.core.settings import Settings, load
from orderflow.environment import environment
from orderflow.flow import NEXT, Counts, line, places, probes, table
from orderflow.flow.probes import Source
from orderflow.flow.watch import PERIOD_SECONDS, pause

COUNTS = Counts(1234, 3456, 8901, 1230, 2, 1228, 3440, 42.4, 130.6)
SHOWN = ("1,234 orders, 3,456 lines", "8,901 events", "1,230 documents", "1,228 orders", "p50 42 ms, p99 131 ms")
SECRET = "nobody-may-see-this"


def settings() -> Settings:
    passwords = ("MYSQL_ROOT", "CDC", "APP", "POSTGRES_OWNER", "POSTGRES_WRITER", "POSTGRES_READER")
    return load(environment() | {f"{name}_PASSWORD": SECRET for name in passwords})


def test_what_is_unknown_stays_as_it_was_known_except_the_freshness_which_is_of_now() -> None:
    assert Counts(orders=1300).known_since(COUNTS) == Counts(1300, 3456, 8901, 1230, 2, 1228, 3440, None, None)


def test_zero_is_known() -> None:
    assert Counts(orders=0).known_since(COUNTS).orders == 0


def test_the_line_and_the_table_show_every_hop() -> None:
    console = Console(width=100)
    with console.capture() as printed:
        console.print(table(COUNTS, "title"))
    for value in SHOWN:
        assert value in line(COUNTS, 5)
        assert value in printed.get()


def test_a_hop_that_was_never_seen_is_a_dash() -> None:
    assert "captured - events" in line(Counts(), 5)


class Clock:
    """Moves only when a server takes its time."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Away(Source):
    """A server that refuses, after a while."""

    closed = False

    def __init__(self, clock: Clock) -> None:
        super().__init__(settings())
        self.clock = clock

    def connect(self) -> Any:
        self.clock.now += 10
        raise pymysql.OperationalError(2003, "Can't connect to MySQL server")

    def close(self) -> None:
        self.closed = True


class There(Away):
    """A server that answers, and takes longer to let somebody in."""

    def connect(self) -> Any:
        self.clock.now += 1

    def read(self) -> dict[str, int]:
        self.clock.now += 0.25
        return {"orders": 7}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(probes, "monotonic", clock)
    return clock


def test_a_server_that_is_away_leaves_its_counts_unknown_and_is_closed_to_be_asked_anew(clock: Clock) -> None:
    away = Away(clock)
    counts, _ = probes.probe([away, There(clock)])
    assert counts == Counts(orders=7)
    assert away.closed


def test_what_a_look_costs_is_the_answers_not_the_way_to_the_servers(clock: Clock) -> None:
    assert probes.probe([Away(clock), There(clock)])[1] == 0.25


def test_the_watch_rests_longer_the_more_a_look_costs() -> None:
    assert pause(0.001) == PERIOD_SECONDS
    assert pause(0.5) == 10.0


def test_places_name_the_ports_and_no_secret() -> None:
    text = "\n".join(f"{what} {where}" for what, where in places(settings()))
    for port in ("mysql_port", "kafka_port", "connect_port", "flink_rest_port", "postgres_port"):
        assert str(getattr(settings(), port)) in text
    assert SECRET not in text


def test_the_next_commands_exist() -> None:
    commands = " ".join(command for command, _ in NEXT)
    assert set(re.findall(r"orderflow (\w+)", commands)) <= set(VERBS)
    assert len(NEXT) == 4
