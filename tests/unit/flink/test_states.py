import os
from pathlib import Path

from flink import attempts, states
from flink.folders import Folders
from flink.states import State


def saved(folder: Path, completed: float, whole: bool = True) -> Path:
    folder.mkdir(parents=True)
    if whole:
        (folder / "_metadata").touch()
        os.utime(folder / "_metadata", (completed, completed))
    return folder


def own(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "jars", "jobmanager")


def test_the_newest_whole_state_comes_first_be_it_checkpoint_or_savepoint(tmp_path: Path) -> None:
    place = own(tmp_path)
    old = saved(place.checkpoints / "job-b" / "chk-900", 100)
    new = saved(place.checkpoints / "job-a" / "chk-2", 300)
    stop = saved(place.savepoints / "savepoint-1", 200)
    saved(place.checkpoints / "job-c" / "chk-1", 400, whole=False)
    assert [state.folder for state in states.complete_states(place)] == [new, stop, old]


def test_a_savepoint_newer_than_the_checkpoints_of_earlier_jobs_wins(tmp_path: Path) -> None:
    place = own(tmp_path)
    saved(place.checkpoints / "job-a" / "chk-5", 100)
    stop = saved(place.savepoints / "savepoint-1", 200)
    assert states.complete_states(place)[0].folder == stop


def test_nothing_saved_is_no_state(tmp_path: Path) -> None:
    assert states.complete_states(own(tmp_path)) == []


def test_forgetting_keeps_the_homes_of_kept_states_only(tmp_path: Path) -> None:
    place = own(tmp_path)
    kept = State(saved(place.checkpoints / "job-a" / "chk-2", 3), 3)
    saved(place.checkpoints / "job-b" / "chk-1", 1)
    saved(place.savepoints / "savepoint-old", 2)
    states.forget(place, [kept])
    assert [folder.name for folder in place.checkpoints.iterdir()] == ["job-a"]
    assert list(place.savepoints.iterdir()) == []


def test_forgetting_keeps_a_savepoint_that_is_kept(tmp_path: Path) -> None:
    place = own(tmp_path)
    kept = State(saved(place.savepoints / "savepoint-1", 3), 3)
    saved(place.savepoints / "savepoint-0", 1)
    states.forget(place, [kept])
    assert list(place.savepoints.iterdir()) == [kept.folder]


def fail(state: State, counts: Path, times: int = attempts.LIMIT) -> None:
    state.folder.mkdir(parents=True, exist_ok=True)
    for _ in range(times):
        attempts.count(state.folder, counts)


def test_a_state_that_fails_is_left_for_an_older_one_and_at_last_for_a_rebuild(tmp_path: Path) -> None:
    newest, older = State(tmp_path / "new", 2), State(tmp_path / "old", 1)
    counts = tmp_path / "attempts.json"
    for expected in (newest, older):
        assert attempts.choose([newest, older], counts) == expected
        fail(expected, counts)
    assert attempts.choose([newest, older], counts) is None
    assert attempts.spent([newest, older], counts) == [newest, older]


def test_to_choose_a_state_counts_nothing(tmp_path: Path) -> None:
    state, counts = State(tmp_path / "new", 2), tmp_path / "attempts.json"
    assert [attempts.choose([state], counts) for _ in range(20)] == [state] * 20
    assert not counts.exists()


def test_counts_go_with_their_states(tmp_path: Path) -> None:
    counts = tmp_path / "attempts.json"
    first, second = State(tmp_path / "1", 1), State(tmp_path / "2", 2)
    fail(first, counts)
    first.folder.rmdir()
    fail(second, counts, times=1)
    assert attempts.spent([first], counts) == []


def test_a_half_written_count_is_no_obstacle(tmp_path: Path) -> None:
    counts = tmp_path / "attempts.json"
    counts.write_text('{"/s/1": ')
    assert attempts.choose([State(Path("/s/1"), 1)], counts) == State(Path("/s/1"), 1)
