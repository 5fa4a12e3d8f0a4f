"""The stage that stands is red, those behind it are not, and each says what to do."""

import pytest

from orderflow.core.messages import Tick
from orderflow.core.topics import PARTITIONS
from orderflow.stack.finding import Finding
from orderflow.stack.stages import Remedies, Seen, Source, verdicts

SECOND = 1_000_000
NOW = 1_764_000_000 * SECOND
REMEDIES = Remedies("scheduler", "no tick", "clock", "captured", "processed", "stored", "rebuilding")
LIMIT = 25.0


def tick(partition: int, age: float, offset: int = 10) -> Tick:
    return Tick(0, partition, NOW - int(age * SECOND), 0, 0, None, offset, 0, 0)


def moments(age: float) -> dict[int, int]:
    return dict.fromkeys(range(PARTITIONS), NOW - int(age * SECOND))


def ticks(*ages: float, offset: int = 10) -> list[Tick]:
    return [tick(partition, age, offset) for age in ages for partition in range(PARTITIONS)]


def source(age: float = 0.5, scheduler: str = "ON") -> Source:
    return Source(NOW - int(age * SECOND), NOW, scheduler)


STORED = dict.fromkeys(range(PARTITIONS), 10)


def red(seen: Seen) -> list[Finding]:
    return [finding for finding in verdicts(seen, REMEDIES, LIMIT) if not finding.well]


def test_a_line_that_flows_is_well_at_every_stage() -> None:
    found = list(verdicts(Seen(source(), moments(1), ticks(3, 1), STORED), REMEDIES, LIMIT))
    assert [finding.part for finding in found] == ["source ticks", "captured ticks", "processed ticks", "stored ticks"]
    assert all(finding.well and not finding.remedy for finding in found)


AN_HOUR = 3600.0
STANDS = {
    "the scheduler is off": (
        Seen(source(AN_HOUR, "OFF"), moments(AN_HOUR), ticks(AN_HOUR), STORED), "source ticks", "scheduler",
    ),
    "the event is off while orders go on": (
        Seen(source(AN_HOUR), moments(1), ticks(AN_HOUR), STORED), "source ticks", "no tick",
    ),
    "the capture since the clock went back": (
        Seen(source(), moments(-AN_HOUR), ticks(-AN_HOUR), STORED), "captured ticks", "captured",
    ),
    "the event is off": (
        Seen(source(AN_HOUR), moments(AN_HOUR), ticks(AN_HOUR), STORED), "source ticks", "no tick",
    ),
    "the clock went back": (
        Seen(source(-AN_HOUR), moments(1), ticks(1), STORED), "source ticks", "clock",
    ),
    "no tick row": (Seen(Source(0, NOW), moments(AN_HOUR), ticks(AN_HOUR), STORED), "source ticks", "no tick"),
    "the capture": (Seen(source(), moments(60), ticks(60), STORED), "captured ticks", "captured"),
    "the capture of a partition": (
        Seen(source(), moments(1) | {2: NOW - 60 * SECOND}, [*ticks(1)[:2], tick(2, 60), tick(3, 1)], STORED),
        "captured ticks",
        "captured",
    ),
    "a partition never captured": (
        Seen(source(), {0: NOW, 1: NOW, 3: NOW}, ticks(1), STORED), "captured ticks", "captured",
    ),
    "the workers": (Seen(source(), moments(1), ticks(60), STORED), "processed ticks", "processed"),
    "the workers from the first day": (Seen(source(), moments(1), [], {}), "processed ticks", "processed"),
    "Flink": (
        Seen(source(), moments(1), [*ticks(60), *ticks(1, offset=12)], STORED), "stored ticks", "stored",
    ),
    "Flink for longer than was read": (
        Seen(source(), moments(1), ticks(200, 1, offset=12), STORED), "stored ticks", "stored",
    ),
    "a rebuild": (Seen(source(), moments(1), ticks(1), {}), "stored ticks", "rebuilding"),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "part", "remedy"), STANDS.values(), ids=STANDS.keys())
def test_only_the_stage_that_stands_is_red_and_has_its_remedy(seen: Seen, part: str, remedy: str) -> None:
    found = red(seen)
    assert [(finding.part, finding.remedy) for finding in found] == [(part, remedy)]


def test_an_idle_shop_is_stored_whatever_flink_committed_last() -> None:
    assert red(Seen(source(), moments(1), ticks(200, 100, 1), STORED)) == []


def test_an_empty_shop_needs_no_commit() -> None:
    assert red(Seen(source(), moments(1), ticks(1, offset=0), {})) == []


def test_a_stage_that_cannot_be_seen_says_why_and_is_no_ruler_for_the_next() -> None:
    unseen = {"source": "nobody listens", "captured": "hangs"}
    found = {one.part: one for one in verdicts(Seen(None, None, ticks(60), STORED, unseen), REMEDIES, LIMIT)}
    assert [part for part, one in found.items() if not one.well] == ["source ticks", "captured ticks"]
    assert found["captured ticks"].says == "cannot be seen: hangs"


def test_the_capture_is_measured_against_mysql_and_not_against_this_machines_clock() -> None:
    assert red(Seen(source(), moments(9), ticks(9), STORED)) == []
    assert [one.part for one in red(Seen(source(), moments(11), ticks(11), STORED))] == ["captured ticks"]
