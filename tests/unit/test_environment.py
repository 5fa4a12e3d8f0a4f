from pathlib import Path

import pytest

from orderflow import connections, environment


def test_a_child_sees_neither_our_secrets_nor_what_steers_a_client() -> None:
    seen = environment.foreign(
        {
            "PATH": "/bin",
            "APP_PASSWORD": "x",
            "MYSQL_PWD": "x",
            "MYSQL_PORT": "1",
            "PGHOSTADDR": "x",
            "ORDERFLOW_GIVEN": "x",
        }
    )
    assert seen == {"PATH": "/bin"}


def test_a_misspelt_setting_is_hinted_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STREAM_WORKERS=3\nKAFKA_PORT=1\nXYZ=1\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    assert list(environment.misspelt()) == [
        "STREAM_WORKERS in .env is no setting: is STREAMS_WORKERS meant?",
        "XYZ in .env is no setting",
    ]


def test_http_goes_past_every_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with connections.http_session() as session:
        assert session.merge_environment_settings("http://127.0.0.1:1/", {}, None, None, None)["proxies"] == {}
