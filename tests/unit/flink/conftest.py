from pathlib import Path

import pytest

from flink.folders import Folders


@pytest.fixture
def own_folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "jars", "jobmanager")
