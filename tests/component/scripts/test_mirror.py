"""The distribution's own mirror, beside whatever else stands in apt's sources."""

import pytest

from tests.component.scripts.shell import Machine

DOCKER = "deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.asc] https://docker.test/linux/ubuntu noble stable\n"
CLOUD = "deb https://packages.test/apt cloud-sdk main\n"
MICROSOFT = (
    "deb [arch=amd64 signed-by=/usr/share/keyrings/ms.gpg] https://microsoft.test/ubuntu/24.04/prod noble main\n"
)
NOBLE = """\
# the vendor's own comment: URIs: http://wrong.test/ubuntu
Types: deb
URIs: http://archive.test/ubuntu/
Suites: noble noble-updates noble-backports
Components: main restricted universe multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: http://security.test/ubuntu/
Suites: noble-security
Components: main restricted universe multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
"""


def test_noble_keeps_its_own_beside_third_parties(machine: Machine) -> None:
    machine.release("ubuntu", "noble", UBUNTU_CODENAME="noble")
    machine.file("etc/apt/sources.list", "# moved to sources.list.d/ubuntu.sources\n")
    for name, text in (("docker", DOCKER), ("cloud", CLOUD), ("microsoft", MICROSOFT)):
        machine.file(f"etc/apt/sources.list.d/{name}.list", text)
    machine.file("etc/apt/sources.list.d/ubuntu.sources", NOBLE)
    assert machine.says("mirror") == ["http://archive.test/ubuntu"]
    assert machine.says("mirrors") == ["http://archive.test/ubuntu", "https://microsoft.test/ubuntu/24.04/prod"]


@pytest.mark.parametrize(
    "line",
    [
        "deb http://archive.test/ubuntu jammy main restricted",
        "deb\t[ arch=amd64  trusted=no ]   http://archive.test/ubuntu/ \t jammy   universe main # ours",
        "  deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://archive.test/ubuntu jammy main",
    ],
)
def test_jammy_has_lines(machine: Machine, line: str) -> None:
    machine.release("ubuntu", "jammy", UBUNTU_CODENAME="jammy")
    before = "# deb http://comment.test/ubuntu jammy main\ndeb cdrom:[Ubuntu 22.04]/ jammy main\n"
    security = "deb http://security.test/ubuntu jammy-security main\ndeb-src http://src.test/ubuntu jammy main\n"
    machine.file("etc/apt/sources.list", before + security + line + "\n")
    machine.file("etc/apt/sources.list.d/docker.list", DOCKER.replace("noble", "jammy"))
    assert machine.says("mirror") == ["http://archive.test/ubuntu"]


def test_debian_in_a_container_image(machine: Machine) -> None:
    machine.release("debian", "bookworm")
    text = "Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
    machine.file(
        "etc/apt/sources.list.d/debian.sources", text + "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    machine.file("etc/apt/sources.list.d/cloud.list", CLOUD.replace("cloud-sdk", "bookworm"))
    assert machine.says("mirror") == ["http://mirror.test/debian"]


def test_fields_have_any_case_go_on_in_lines_and_stanzas_may_be_off(machine: Machine) -> None:
    machine.release("debian", "bookworm")
    off = "Enabled: no\nTypes: deb\nURIs: http://off.test/debian\nSuites: bookworm\nComponents: main\n\n"
    source = "Types: deb-src\nURIs: http://src.test/debian\nSuites: bookworm\nComponents: main\n\n"
    uris = "types: deb deb-src\nuris:\n http://one.test/debian\n http://two.test/debian/\n"
    ours = uris + "# why\nsuites: stable\ncomponents: contrib main\n"
    machine.file("etc/apt/sources.list.d/all.sources", off + source + ours)
    assert machine.says("mirrors") == ["http://one.test/debian", "http://two.test/debian"]


def test_a_list_of_mirrors_is_passed_on(machine: Machine) -> None:
    """Debian's cloud images and GitHub's runners have a file of mirrors."""
    machine.release("debian", "bookworm")
    line = "Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: bookworm\nComponents: main\n"
    machine.file("etc/apt/sources.list.d/debian.sources", line)
    assert machine.says("mirror") == ["mirror+file:///etc/apt/mirrors/debian.list"]


def test_what_apt_has_read_is_believed_first(machine: Machine) -> None:
    machine.release("debian", "bookworm")
    machine.file("etc/apt/sources.list", "deb http://listed.test/debian bookworm main\n")
    rows = [
        "Docker|stable|bookworm bookworm|https://docker.test/linux/debian/",
        "google|main|cloud-sdk cloud-sdk|https://packages.test/apt/",
        "Debian|main|bookworm-security oldstable-security|http://mirror.test/debian-security/",
        "Debian Backports|main|bookworm-backports oldstable-backports|http://backports.test/debian/",
        "Debian|contrib|bookworm oldstable|http://contrib.test/debian/",
        "Debian|main|bookworm oldstable|http://mirror.test/debian/",
    ]
    machine.program("apt-get", "cat << 'X'\n" + "\n".join(rows) + "\nX")
    assert machine.says("mirrors") == ["http://mirror.test/debian", "http://listed.test/debian"]


def test_ubuntus_security_pocket_has_the_releases_codename(machine: Machine) -> None:
    machine.release("ubuntu", "noble")
    rows = (
        "Ubuntu|main|noble-security noble-security|http://s.test/ubuntu/\nUbuntu|main|noble noble|http://a.test/ubuntu/"
    )
    machine.program("apt-get", f"cat << 'X'\n{rows}\nX")
    assert machine.says("mirrors") == ["http://a.test/ubuntu"]


def test_a_variable_overrides_all(machine: Machine) -> None:
    machine.release("debian", "bookworm")
    machine.file("etc/apt/sources.list", "deb http://listed.test/debian bookworm main\n")
    assert machine.says("mirrors", APT_MIRROR="http://company.test/debian") == ["http://company.test/debian"]
    (machine.checkout / ".env").write_text("APT_MIRROR=http://file.test/debian\n")
    assert machine.says("mirrors") == ["http://file.test/debian"]


def test_no_mirror_is_said_with_what_to_do(machine: Machine) -> None:
    machine.release("ubuntu", "noble")
    machine.file("etc/apt/sources.list.d/docker.list", DOCKER)
    done = machine.run("mirror")
    assert done.returncode == 1
    assert "no mirror of ubuntu noble" in done.stderr
    assert "APT_MIRROR" in done.stderr


@pytest.mark.parametrize(
    ("identity", "more", "suite", "components"),
    [
        ("debian", {}, "sid", "main"),
        ("ubuntu", {}, "rel", "main universe"),
        ("linuxmint", {"ID_LIKE": "ubuntu debian", "UBUNTU_CODENAME": "jammy"}, "jammy", "main universe"),
        ("raspbian", {"ID_LIKE": "debian"}, "sid", "main"),
    ],
)
def test_the_suite_is_one_that_has_mysql(
    machine: Machine, identity: str, more: dict[str, str], suite: str, components: str
) -> None:
    machine.release(identity, "rel", **more)
    assert machine.says("suite; components") == [suite, components]


def test_another_distribution_is_refused_by_name(machine: Machine) -> None:
    machine.release("fedora", "forty")
    done = machine.run("distribution")
    assert done.returncode == 1
    assert "this system is fedora" in done.stderr


def test_the_mirror_is_signed_by_the_distributions_keyring(machine: Machine) -> None:
    machine.release("ubuntu", "noble")
    assert machine.says("signed http://a.test/ubuntu") == ["http://a.test/ubuntu"]
    machine.file("usr/share/keyrings/ubuntu-archive-keyring.gpg", "")
    keyring = f"{machine.root}/usr/share/keyrings/ubuntu-archive-keyring.gpg"
    assert machine.says("signed http://a.test/ubuntu") == [f"[signed-by={keyring}] http://a.test/ubuntu"]
    assert machine.says("signed '[signed-by=/x.gpg] http://a.test/u'") == ["[signed-by=/x.gpg] http://a.test/u"]
