"""A build: everything the tables hold since they were last empty. State belongs to the build it was saved in.

The id stands in PostgreSQL and beside the state. So state is used only with the tables, the input topic and the plan
that it was saved with: a wiped database, a topic made anew or a changed statement lead to a rebuild, never to a mix.
The running job counts `beat` up in both places: a database that counts behind was restored from a backup.
"""

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import connection

from flink.folders import Folders

NEVER_BUILT = "PostgreSQL's tables were never built, or a rebuild was asked for"


@dataclass(frozen=True)
class Build:
    """What state must fit to."""

    build_id: str
    plan: str
    topic_id: str
    beat: int = 0


def new(plan: str, topic_id: str) -> Build:
    """Return a build that nothing knows yet."""
    return Build(str(uuid.uuid4()), plan, topic_id)


def recorded(writer: connection) -> Build | None:
    """Return the build of PostgreSQL's tables."""
    with writer, writer.cursor() as cursor:
        cursor.execute("SELECT build_id::text, plan, topic_id, beat FROM builds")
        row = cursor.fetchone()
    return Build(*row) if row else None


def mismatch(folders: Folders, found: Build | None, plan: str, topic_id: str) -> str | None:
    """Return why the saved state cannot be used, or None when it can."""
    if found is None:
        return NEVER_BUILT
    if found.plan != plan:
        return "the job, its versions or the schema changed"
    if found.topic_id != topic_id:
        return "processed-orders was made anew"
    if noted(folders) != found.build_id:
        return "the saved state belongs to other tables"
    if found.beat < noted_beat(folders):
        return "PostgreSQL was restored from a backup that is older than the saved state"
    return None


def discard_state(folders: Folders) -> None:
    """Delete all saved state."""
    _marker(folders).unlink(missing_ok=True)
    _beat(folders).unlink(missing_ok=True)
    for folder in (folders.checkpoints, folders.savepoints):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


def note(folders: Folders, build: Build) -> None:
    """Record that state saved from now on belongs to `build`: the last step of a rebuild."""
    _marker(folders).write_text(build.build_id, encoding="utf-8")


def noted(folders: Folders) -> str | None:
    """Return the id of the build that the saved state belongs to."""
    try:
        return _marker(folders).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def beat(writer: connection, folders: Folders, build_id: str) -> str | None:
    """Count up in PostgreSQL, then here; return why the tables are not those of this build any more, or None."""
    with writer, writer.cursor() as cursor:
        cursor.execute("UPDATE builds SET beat = beat + 1 WHERE build_id = %s RETURNING beat", (build_id,))
        row = cursor.fetchone()
    if row is None:
        return "PostgreSQL's tables belong to another build, or a rebuild was asked for"
    if row[0] <= noted_beat(folders):
        return "PostgreSQL was restored from a backup"
    half = _beat(folders).with_suffix(".half")
    half.write_text(str(row[0]), encoding="utf-8")
    half.replace(_beat(folders))
    return None


def noted_beat(folders: Folders) -> int:
    """Return how far the job has counted, 0 when it has not."""
    try:
        return int(_beat(folders).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return 0


def _marker(folders: Folders) -> Path:
    return folders.state / "build-id"


def _beat(folders: Folders) -> Path:
    return folders.state / "build-beat"
