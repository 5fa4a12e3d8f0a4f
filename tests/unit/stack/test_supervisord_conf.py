import configparser
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from supervisor.options import ServerOptions  # type: ignore[import-untyped]  # supervisor ships no types

from orderflow.stack.place import MARK, Place, make_folders
from orderflow.stack.service import Service
from orderflow.stack.services import services
from orderflow.stack.supervisord_conf import render, variables, variables_file

AWKWARD = "p%(x)s \"'\\,=#; $HOME `id`"


def as_supervisor_reads(stack: Place, *declared: Service) -> list[Any]:
    """Return supervisor's own process configurations from the rendered file."""
    make_folders(stack)
    conf = stack.conf("supervisord.conf")
    conf.write_text(render(stack, declared))
    options = ServerOptions()
    options.realize(["-c", str(conf)])
    return [process for group in options.process_group_configs for process in group.process_configs]


def printed_by(stack: Place, *argv: str) -> str:
    """Run a service's command as supervisor would, and return what it prints."""
    service = Service("one", argv, lambda: None)
    read = as_supervisor_reads(stack, service)[0]
    variables_file(stack, "one").write_text(variables(stack, "one"))
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


def test_changed_settings_change_every_program(described: Place) -> None:
    changed = replace(described, environ={**described.environ, "CDC_PASSWORD": "hunter2"})
    before, after = (as_supervisor_reads(one, *services(one)) for one in (described, changed))
    assert all(old.environment != new.environment for old, new in zip(before, after, strict=True))


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
