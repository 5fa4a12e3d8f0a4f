"""Two Faust workers share the partitions; one that leaves or joins moves them, and nothing is lost or doubled."""

import pytest
from confluent_kafka.admin import AdminClient

from orderflow.core.topics import PARTITIONS
from orderflow.stack import control
from orderflow.stack.place import Place
from tests.line import Line, wait_for


def owners(line: Line) -> list[int]:
    """Return how many partitions each member of the workers' group owns."""
    admin = AdminClient({"bootstrap.servers": line.settings.bootstrap_servers})
    group = line.settings.streams_group
    found = admin.describe_consumer_groups([group])[group].result()
    return sorted(len(member.assignment.topic_partitions) for member in found.members if member.assignment)


@pytest.mark.timeout(600)
def test_two_workers_share_and_one_takes_over(stack: Place, line: Line) -> None:
    wait_for("two workers with half the partitions each", lambda: owners(line) == [2, 2])
    with line.load("--rate", "50", "--seconds", "40"):
        control.stop(stack, "streams-2")
        wait_for("one worker with all partitions", lambda: owners(line) == [PARTITIONS])
        control.start(stack, "streams-2")
        wait_for("two workers again", lambda: owners(line) == [2, 2])
    line.assert_equal()
