from pathlib import Path

import pytest

from orderflow.stack import folders
from orderflow.stack.place import Place
from orderflow.stack.service import StackError


def test_a_folder_of_somebody_else_is_not_taken(described: Place) -> None:
    described.state.mkdir()
    (described.state / "photos").mkdir()
    with pytest.raises(StackError, match="holds photos and is no folder of this stack"):
        folders.make(described)
    assert [entry.name for entry in described.state.iterdir()] == ["photos"]


@pytest.mark.parametrize("there", [[], ["lost+found"], [folders.MARK, "photos"]])
def test_an_empty_one_and_our_own_are(described: Place, there: list[str]) -> None:
    described.state.mkdir()
    for name in there:
        (described.state / name).touch()
    folders.make(described)
    folders.make(described)


def test_one_of_an_earlier_version_is_ours(described: Place) -> None:
    described.conf("").mkdir(parents=True)
    described.conf("supervisord.conf").touch()
    folders.make(described)


def test_wipe_takes_ours_and_nothing_else(described: Place) -> None:
    folders.make(described)
    described.log("kafka").write_text("x")
    (described.state / "photos").touch()
    folders.wipe(described)
    assert [entry.name for entry in described.state.iterdir()] == ["photos"]


def test_wipe_leaves_no_empty_folder(described: Place) -> None:
    folders.make(described)
    folders.wipe(described)
    assert not described.state.exists()
    folders.wipe(described)


def test_data_on_another_disk_is_forgotten_and_its_link_kept(described: Place, tmp_path: Path) -> None:
    big, outside = tmp_path / "big", tmp_path / "outside"
    for folder in (big / "kafka", outside, described.state):
        folder.mkdir(parents=True)
    (outside / "photos").touch()
    (big / "link").symlink_to(outside / "photos")
    (described.state / "data").symlink_to(big)
    (described.state / folders.MARK).touch()
    folders.make(described)
    folders.wipe(described)
    assert list(big.iterdir()) == []
    assert (outside / "photos").exists()


def test_nobody_else_looks_inside(described: Place) -> None:
    folders.make(described)
    modes = {entry.name: entry.stat().st_mode & 0o777 for entry in described.state.iterdir() if entry.is_dir()}
    assert modes.pop("data") == 0o711  # PostgreSQL's user passes it to reach its own folder
    assert set(modes.values()) == {0o700}
    assert described.state.stat().st_mode & 0o777 == 0o711
