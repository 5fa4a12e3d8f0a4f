from pathlib import Path

import yaml

from flink import config
from flink.folders import Folders, flink_home
from tests.unit.flink.settings import settings


def written(tmp_path: Path, role: str) -> dict[str, object]:
    values = config.config(settings(), Folders(tmp_path, tmp_path / "jars", role), flink_home())
    config.write(tmp_path, values)
    read: dict[str, object] = yaml.safe_load((tmp_path / "config.yaml").read_text())
    return read


def test_every_address_is_the_one_of_the_settings(tmp_path: Path) -> None:
    values = written(tmp_path, "jobmanager")
    for key in ("jobmanager.bind-host", "rest.bind-address", "taskmanager.bind-host"):
        assert values[key] == settings().bind_address
    assert values["rest.port"] == settings().flink_rest_port


def test_roles_differ_in_their_folders_alone(tmp_path: Path) -> None:
    first, second = written(tmp_path, "jobmanager"), written(tmp_path, "taskmanager")
    folders = {"web.upload.dir", "io.tmp.dirs", "env.pid.dir"}
    assert {key for key in first if first[key] != second[key]} <= folders


def test_flinks_own_java_options_are_carried_over_and_time_is_utc(tmp_path: Path) -> None:
    options = str(written(tmp_path, "jobmanager")["env.java.opts.all"])
    assert "--add-opens=java.base/java.lang=ALL-UNNAMED" in options
    assert "-Duser.timezone=UTC" in options.split()
