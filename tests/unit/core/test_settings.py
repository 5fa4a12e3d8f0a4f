import pytest
from dotenv import dotenv_values

from orderflow.core.settings import GIVEN, SettingsError, load
from orderflow.environment import ROOT

EXAMPLE = {name: value or "secret" for name, value in dotenv_values(ROOT / ".env.example").items()}
WHOLE = EXAMPLE | {name: "127.0.0.1" for name in EXAMPLE if name.endswith("_HOST")}


def test_the_example_is_fine() -> None:
    assert load(WHOLE).streams_workers == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUSINESS_TIME_ZONE", "KST"),
        ("BUSINESS_TIME_ZONE", "Asia/Seul"),
        ("BUSINESS_TIME_ZONE", "GMT+9"),
        ("BUSINESS_TIME_ZONE", "JST"),
        ("BUSINESS_TIME_ZONE", "Asia"),
        ("BUSINESS_TIME_ZONE", "../etc/passwd"),
        ("BUSINESS_TIME_ZONE", "localtime"),
        ("BUSINESS_TIME_ZONE", "posix/Asia/Seoul"),
        ("STREAMS_WORKERS", "two"),
        ("STREAMS_WORKERS", "0"),
        ("STREAMS_WORKERS", "-1"),
        ("STREAMS_WORKERS", "1.5"),
        ("WAIT_TICKS", "0"),
        ("CHECKPOINT_INTERVAL_SECONDS", "0"),
        ("KAFKA_PORT", "65536"),
        ("KAFKA_PORT", "80"),
        ("KAFKA_PORT", "1_000"),
        ("KAFKA_PORT", "٢٠٠٠٠"),
        ("KAFKA_HEAP", "lots"),
        ("KAFKA_HEAP", "768MB"),
        ("MYSQL_BUFFER_POOL", "0"),
        ("POSTGRES_SHARED_BUFFERS", "128 MB; DROP"),
        ("MYSQL_DATABASE", "shop`"),
        ("POSTGRES_OWNER", 'x"; --'),
        ("BIND_ADDRESS", "0.0.0.0"),
        ("APP_PASSWORD", "two\nlines"),
    ],
)
def test_a_value_that_a_server_would_refuse_or_misread_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} must "):
        load(WHOLE | {name: value})


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT-9", "Asia/Kolkata"])
def test_zones_that_python_and_java_know(zone: str) -> None:
    assert load(WHOLE | {"BUSINESS_TIME_ZONE": zone}).business_time_zone == zone


def test_a_process_has_only_what_it_was_given() -> None:
    some = load({"KAFKA_HOST": "127.0.0.1", "KAFKA_PORT": "29092", GIVEN: "KAFKA_HOST KAFKA_PORT"})
    assert some.bootstrap_servers == "127.0.0.1:29092"
    with pytest.raises(SettingsError, match="APP_PASSWORD is read here, but the service's declaration"):
        assert some.app_password
    with pytest.raises(AttributeError):
        assert some.no_setting  # type: ignore[attr-defined]  # what is under test
