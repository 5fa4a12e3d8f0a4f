import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest

from orderflow.stack import capacity, folders
from orderflow.stack.lock import only_one
from orderflow.stack.place import Place
from orderflow.stack.ports import refuse_taken
from orderflow.stack.service import StackError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_a_taken_port_names_its_holder_and_the_variable(described: Place, taken: int) -> None:
    settings = replace(described.settings, connect_port=taken)
    with pytest.raises(StackError, match=rf"port {taken} for connect is taken by pid \d+ \(.*pytest.*CONNECT_PORT"):
        refuse_taken(replace(described, settings=settings), {"connect"})


def test_ports_of_services_that_are_not_started_do_not_matter(described: Place, taken: int) -> None:
    free = replace(described.settings, connect_port=taken, mysql_port=_free_port())
    refuse_taken(replace(described, settings=free), {"mysql"})


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_second_command_is_refused_while_one_changes_the_stack(described: Place) -> None:
    folders.make(described)
    with (
        only_one(described),
        pytest.raises(StackError, match="another command is changing this stack"),
        only_one(described),
    ):
        pass
    with only_one(described):
        assert described.conf("lock").read_text().isdigit()


class Usage(NamedTuple):
    free: int


def test_a_full_disk_is_refused(described: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folders.make(described)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free=100 * capacity.MB))
    with pytest.raises(StackError, match="100 MB are free"):
        list(capacity.check(described, nothing_runs=True))
    assert list(capacity.check(described, nothing_runs=False))  # a running stack is mended, not refused
    assert capacity.disk(described).low


def test_a_disk_that_will_not_do_for_long_is_a_warning(described: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folders.make(described)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free=5_000 * capacity.MB))
    assert "3,000,000 orders need" in next(capacity.check(described, nothing_runs=True))
    assert not capacity.disk(described).low


def test_available_memory_is_read_in_mb() -> None:
    assert capacity.available_mb("MemTotal: 4096 kB\nMemAvailable:    2048000 kB\n") == 2000
