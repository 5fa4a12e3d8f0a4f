import configparser
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from supervisor.options import ServerOptions  # type: ignore[import-untyped]  # supervisor ships no types

from orderflow.core.settings import load
from orderflow.environment import NAMES, ROOT
from orderflow.stack import folders
from orderflow.stack.place import MARK, Place
from orderflow.stack.readers import GIVEN, KAFKA, SCHEMA
from orderflow.stack.service import Service
from orderflow.stack.services import services
from orderflow.stack.supervisord_conf import render, variables, variables_file

AWKWARD = "p%(x)s \"'\\,=#; $HOME `id`"


def as_supervisor_reads(stack: Place, *declared: Service) -> list[Any]:
    """Return supervisor's own process configurations from the rendered file."""
    folders.make(stack)
    conf = stack.conf("supervisord.conf")
    conf.write_text(render(stack, declared))
    options = ServerOptions()
    options.realize(["-c", str(conf)])
    return [process for group in options.process_group_configs for process in group.process_configs]


def printed_by(stack: Place, *argv: str) -> str:
    """Run a service's command as supervisor would, and return what it prints."""
    service = Service("one", argv, lambda: None, given=frozenset({"CDC_PASSWORD"}))
    read = as_supervisor_reads(stack, service)[0]
    variables_file(stack, "one").write_text(variables(stack, service))
    return subprocess.run(shlex.split(read.command), capture_output=True, text=True, check=True).stdout


def test_arguments_reach_the_process_as_they_are(described: Place) -> None:
    assert printed_by(described, "printf", "%s|", "a b", AWKWARD) == f"a b|{AWKWARD}|"


def test_a_password_of_any_characters_reaches_the_environment(described: Place) -> None:
    odd = replace(described, environ={**described.environ, "CDC_PASSWORD": AWKWARD})
    assert printed_by(odd, "printenv", "CDC_PASSWORD") == AWKWARD + "\n"


def test_every_process_carries_the_mark_of_its_stack(described: Place) -> None:
    assert printed_by(described, "printenv", MARK, "ORDERFLOW_SERVICE") == f"{described.state}\none\n"


def test_no_password_stands_in_the_supervisor_s_file(described: Place) -> None:
    secret = replace(described, environ={**described.environ, "CDC_PASSWORD": "hunter2"})
    assert "hunter2" not in render(secret, services(secret))


@pytest.mark.parametrize(
    ("name", "value", "readers"),
    [
        ("STREAMS_WORKERS", "2", set()),
        ("CDC_PASSWORD", "hunter2", {"connect", "healer"}),
        ("APP_PASSWORD", "hunter2", set()),
        ("WAIT_TICKS", "9", {"streams-1"}),
        ("CONNECT_PORT", "9999", {"connect", "healer"}),
        ("POSTGRES_OWNER_PASSWORD", "hunter2", {"postgres"}),
        ("POSTGRES_WRITER_PASSWORD", "hunter2", {"flink-jobmanager"}),
        ("BUSINESS_TIME_ZONE", "UTC", {"flink-jobmanager"}),
        ("KAFKA_VERSION", "5.0", {"kafka", "connect"}),
        ("MYSQL_BUFFER_POOL", "1G", {"mysql"}),
        ("KAFKA_HEAP", "1g", {"kafka"}),
    ],
)
def test_a_changed_setting_starts_those_anew_that_read_it(
    described: Place, name: str, value: str, readers: set[str]
) -> None:
    environ = {**described.environ, name: value}
    after = replace(described, environ=environ, settings=load(environ))
    before = {one.name: one for one in as_supervisor_reads(described, *services(described))}
    changed = {one.name for one in as_supervisor_reads(after, *services(after)) if one != before.get(one.name, one)}
    assert changed == readers


def test_each_service_is_given_its_own_secrets_only(described: Place) -> None:
    secrets = {one.name: {name for name in one.given if name.endswith("PASSWORD")} for one in services(described)}
    assert {name: held for name, held in secrets.items() if held} == {
        "connect": {"CDC_PASSWORD"},
        "healer": {"CDC_PASSWORD"},  # it looks where Debezium stands in MySQL's binlog
        "flink-jobmanager": {"POSTGRES_WRITER_PASSWORD"},
    }


COMMANDS_LOOKS = ("orderflow/connect/source_guards.py", "orderflow/connect/source_settings.py")
"""What `status` and `up` look at in MySQL; the healer does not."""


def test_what_a_service_is_given_is_what_its_program_reads() -> None:
    """A read that is not declared ends the program: found here, not at the next start."""
    assert read_by("streams") <= GIVEN["streams"]
    assert read_by("flink") - SCHEMA <= GIVEN["flink-jobmanager"]
    # the whole of the job's work is the JobManager's; a TaskManager only lays out its folder
    assert read_by("flink/config.py", "flink/folders.py", "flink/installation.py") <= GIVEN["flink-taskmanager"]
    assert read_by("orderflow/connect") - read_by(*COMMANDS_LOOKS) <= GIVEN["healer"]


def read_by(*places: str) -> set[str]:
    """Return the settings that the Python files there name."""
    files = [file for place in places for file in (*(ROOT / place).rglob("*.py"), ROOT / place) if file.is_file()]
    names = {name.upper() for file in files for name in re.findall(r"\bsettings\.([a-z_]+)", file.read_text())}
    return {name for name in names if name in NAMES} | (set(KAFKA) if "BOOTSTRAP_SERVERS" in names else set())


def test_every_service_is_restarted_without_end_and_started_only_by_us(described: Place) -> None:
    for read in as_supervisor_reads(described, *services(described)):
        assert read.startretries > 1_000_000
        assert read.autorestart.__name__ == "RestartUnconditionally"
        assert not read.autostart


def test_a_long_checkout_path_still_has_a_short_socket(described: Place) -> None:
    far = replace(described, state=Path("/tmp") / ("x" * 90) / ("y" * 90))
    other = replace(far, state=far.state / "z")
    assert len(str(far.socket("supervisor.sock"))) < 100
    assert far.socket("a") != other.socket("a")


def test_each_worker_has_a_port_of_its_own(described: Place) -> None:
    three = replace(described, settings=replace(described.settings, streams_workers=3))
    workers = [one for one in services(three) if one.name.startswith("streams-")]
    assert [one.name for one in workers] == ["streams-1", "streams-2", "streams-3"]
    assert len({port for one in workers for port in one.ports.values()}) == 3


def test_the_file_is_one_program_a_service(described: Place) -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(render(described, services(described)))
    programs = [name.removeprefix("program:") for name in parser.sections() if name.startswith("program:")]
    assert programs == [one.name for one in services(described)]
