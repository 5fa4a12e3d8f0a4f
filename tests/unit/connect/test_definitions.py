from pathlib import Path

import pytest

from orderflow.connect.definitions import Definition, read_all
from orderflow.connect.errors import ConnectError


def test_a_connector_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text('{"name": "orders", "connector.class": "Source"}')
    assert read_all(tmp_path) == (Definition("orders", {"connector.class": "Source"}),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"connector.class": "Source",}', "orders.json is no JSON"),
        ('["connector.class"]', "must hold one object"),
        ('{"connector.class": "Source", "tasks.max": 1}', "all strings"),
        ('{"tasks.max": "1"}', "no connector.class"),
        ('{"name": "other", "connector.class": "Source"}', "named by its file"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "orders.json").write_text(text)
    with pytest.raises(ConnectError, match=says):
        read_all(tmp_path)
