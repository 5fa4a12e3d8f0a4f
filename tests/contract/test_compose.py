"""The stack in containers and the native one are the same stack."""

import re
from typing import Any

import pytest

from orderflow.core.settings import Settings
from orderflow.core.topics import CONNECT_CONFIGS, CONNECT_OFFSETS, CONNECT_STATUS
from orderflow.stack import connect, kafka, mysql
from orderflow.stack.services import services as native_services
from tests.contract.composed import SECRET, composition, read, services, settings, source, stack, variables

ONE_SHOTS = {"topics", "schema", "connectors"}
"""Steps of `orderflow up` in the native stack, containers that end in the other."""

INSIDE_ONLY = {
    "KAFKA_CONTROLLER_PORT": "the broker is its own controller",
    "FLINK_JOBMANAGER_RPC_PORT": "between Flink's processes",
    "FLINK_BLOB_PORT": "between Flink's processes",
    "FLINK_TASKMANAGER_RPC_PORT": "between Flink's processes",
    "FLINK_TASKMANAGER_DATA_PORT": "between Flink's processes",
    "STREAMS_METRICS_PORT": "Prometheus asks from inside, and each worker has the same port in a container of its own",
}
"""Ports of .env that only containers reach, and why."""


def native_ports() -> dict[str, int]:
    return {name: port for service in native_services(stack()) for name, port in service.ports.items()}


def environment(service: str) -> dict[str, str]:
    found: dict[str, str] = services()[service]["environment"]
    return found


def as_properties(service: str, prefix: str) -> dict[str, str]:
    """Both images turn PREFIX_A_B into a.b."""
    given = environment(service).items()
    return {name.removeprefix(prefix).lower().replace("_", "."): value for name, value in given if prefix in name}


def test_the_services_are_the_same() -> None:
    native = {re.sub(r"-\d+$", "", service.name) for service in native_services(stack())}
    assert set(services()) == native | ONE_SHOTS


def test_every_port_is_published_as_itself_or_has_a_reason_not_to_be() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    expected = {str(port) for name, port in native_ports().items() if name not in INSIDE_ONLY}
    assert {port["published"] for port in published} == expected
    assert {port["host_ip"] for port in published} == {settings().bind_address}


def test_reasons_name_ports_that_exist() -> None:
    assert set(INSIDE_ONLY) <= set(native_ports())


def test_published_ports_and_versions_come_from_env() -> None:
    for name, service in source()["services"].items():
        for port in service.get("ports", []):
            assert re.fullmatch(r"\$\{BIND_ADDRESS\}:\$\{\w+_PORT\}:(\$\{\w+_PORT\}|19092)", port), name
        if service.get("pull_policy") != "never":
            assert re.fullmatch(r"[a-z./]+:\$\{[A-Z]+_VERSION\}", service["image"]), name


def test_each_image_of_ours_is_built_by_one_service_that_runs_first() -> None:
    """Several would build one tag at the same time, which fails; and nobody may ask a registry for it."""
    built = {name: service["image"] for name, service in services().items() if "build" in service}
    assert built == {"topics": "orderflow-contract-python", "schema": "orderflow-contract-flink"}
    for name, service in services().items():
        ours = service["image"] in built.values()
        assert ours == (service.get("pull_policy") == "never"), name
        assert not ours or name in built or _first(name, service["image"], built), name


def _first(name: str, image: str, built: dict[str, str]) -> bool:
    """True when `name` starts after the service that builds its image."""
    before = set(services()[name].get("depends_on", {}))
    return any(built.get(other) == image or _first(other, image, built) for other in before)


def test_two_checkouts_share_neither_volumes_nor_images() -> None:
    whole = composition()
    assert whole["name"] == "orderflow-contract"
    assert {volume["name"].split("_")[0] for volume in whole["volumes"].values()} == {"orderflow-contract"}


def test_a_checkout_without_a_name_is_told_what_writes_it() -> None:
    refused = read(variables() | {"COMPOSE_PROJECT_NAME": ""})
    assert refused.returncode != 0
    assert "scripts/start.sh --docker writes it" in refused.stderr


def test_no_container_sends_to_a_neighbour_through_a_proxy() -> None:
    """Docker hands a person's proxies to every container that does not say otherwise."""
    proxies = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"}
    for name in services():
        given = environment(name)
        assert {given.get(proxy) for proxy in proxies} == {""}, name


def test_every_health_check_asks_past_proxies() -> None:
    for name, service in services().items():
        test = " ".join(service.get("healthcheck", {}).get("test", []))
        assert "urllib" not in test, name
        assert "curl" not in test or "--noproxy *" in test, name


def test_databases_are_healthy_when_their_users_can_log_in() -> None:
    """`mysqladmin ping` and `pg_isready` are content with a database whose first start was interrupted."""
    for name, login in (("mysql", '--user="$$APP_USER"'), ("postgres", '--username="$$POSTGRES_USER"')):
        test = services()[name]["healthcheck"]["test"]
        assert test[0] == "CMD-SHELL"
        assert login in test[1]
        assert "--host=127.0.0.1" in test[1]
        assert "ping" not in test[1]
        assert "isready" not in test[1]


def test_root_has_no_way_in_over_the_network() -> None:
    assert environment("mysql")["MYSQL_ROOT_HOST"] == "localhost"


def test_every_container_has_a_limit_above_the_memory_it_is_told_to_use() -> None:
    told = {
        "mysql": settings().mysql_buffer_pool,
        "postgres": settings().postgres_shared_buffers,
        "kafka": settings().kafka_heap,
        "connect": settings().connect_heap,
        "flink-jobmanager": settings().flink_jobmanager_memory,
        "flink-taskmanager": settings().flink_taskmanager_memory,
    }
    for name, service in services().items():
        assert int(service["mem_limit"]) >= 1.5 * _bytes(told.get(name, "0m")), name


def _bytes(size: str) -> int:
    units = {"k": 2**10, "m": 2**20, "g": 2**30}
    number, unit = re.fullmatch(r"(\d+)([kmg])b?", size.lower()).groups()  # type: ignore[union-attr]  # else the test fails
    return int(number) * units[unit]


def test_flink_runs_where_it_has_a_wheel() -> None:
    assert {service.get("platform") for name, service in services().items() if "flink" in service["image"]} == {
        "linux/amd64"
    }


def test_no_secret_stands_in_the_file() -> None:
    for name, service in source()["services"].items():
        for variable, value in service.get("environment", {}).items():
            if "PASSWORD" in variable:
                assert re.fullmatch(r"\$\{[A-Z_]+_PASSWORD\}", value), f"{name}: {variable}"
    assert environment("mysql")["MYSQL_ROOT_PASSWORD"] == SECRET


def test_what_runs_on_is_restarted_reaped_and_has_its_health_checked() -> None:
    for name in set(services()) - ONE_SHOTS:
        assert services()[name]["restart"] == "unless-stopped", name
        assert services()[name]["init"] is True, name
        assert ("healthcheck" in services()[name]) == (name != "healer"), name


def test_somebody_waits_for_the_success_of_each_one_shot() -> None:
    """Else `up --wait` takes its end for a failure, and what needs it starts too early."""
    waits: dict[str, Any] = {}
    for service in services().values():
        waits |= {name: wait["condition"] for name, wait in service.get("depends_on", {}).items() if name in ONE_SHOTS}
    assert waits == dict.fromkeys(ONE_SHOTS, "service_completed_successfully")
    assert {services()[name]["restart"] for name in ONE_SHOTS} == {"no"}


@pytest.mark.parametrize(
    ("service", "needs"),
    [
        ("topics", {"kafka"}),
        ("schema", {"postgres"}),
        ("connect", {"topics"}),
        ("connectors", {"connect", "mysql"}),
        ("streams", {"topics"}),
        ("flink-jobmanager", {"topics", "schema"}),
    ],
)
def test_the_order_is_the_native_one(service: str, needs: set[str]) -> None:
    assert set(services()[service]["depends_on"]) == needs


def test_our_programs_find_every_server_by_its_services_name() -> None:
    hosts = [name for name in Settings.__dataclass_fields__ if name.endswith("_host")]
    for service in ("topics", "schema", "connectors", "healer", "streams", "flink-jobmanager", "flink-taskmanager"):
        given = environment(service)
        named = {name: given[name.upper()] for name in hosts}
        assert set(named.values()) <= set(services()), service
        assert named["kafka_host"] == "kafka"
        assert named["mysql_server_host"] == "mysql"


def test_ours_get_every_setting() -> None:
    for service in ("topics", "schema", "connectors", "healer", "streams", "flink-jobmanager", "flink-taskmanager"):
        missing = {name.upper() for name in Settings.__dataclass_fields__} - set(environment(service))
        assert missing == set(), service


def test_mysql_has_the_native_flags() -> None:
    paths = ("--datadir", "--socket", "--pid-file", "--secure-file-priv", "--user", "--bind-address")
    native = {flag for flag in mysql.service(stack()).argv[1:] if not flag.startswith(paths)}
    assert native == set(services()["mysql"]["command"])


def test_mysql_runs_the_same_init_files_with_the_variables_they_read() -> None:
    (mounted,) = [v for v in services()["mysql"]["volumes"] if v["target"] == "/docker-entrypoint-initdb.d"]
    assert mounted["source"].endswith("/mysql-init")
    assert {name for name in environment("mysql") if "proxy" not in name.lower()} == {
        "MYSQL_ROOT_PASSWORD",
        "MYSQL_ROOT_HOST",
        "CDC_USER",
        "CDC_PASSWORD",
        "APP_USER",
        "APP_PASSWORD",
    }


def test_the_broker_behaves_as_the_native_one() -> None:
    native = {name: str(value) for name, value in kafka._behaviour(stack()).items()}
    composed = as_properties("kafka", "KAFKA_")
    assert {name: composed.get(name) for name in native} == native


def test_the_connect_worker_is_configured_as_the_native_one() -> None:
    own = {"bootstrap.servers", "group.id", "listeners", "plugin.path", "key.converter", "value.converter"}
    native = {**connect._worker(stack()), **connect._records(), **connect._secrets()}
    shown = {name: str(value) for name, value in native.items() if name not in own}
    composed = as_properties("connect", "CONNECT_") | the_image_exports_these_itself()
    assert {name: composed.get(name) for name in shown} == shown


def the_image_exports_these_itself() -> dict[str, str]:
    """Debezium's entrypoint overwrites these CONNECT_ variables from short names."""
    short = ("CONFIG_STORAGE_TOPIC", "OFFSET_STORAGE_TOPIC", "STATUS_STORAGE_TOPIC", "OFFSET_FLUSH_INTERVAL_MS")
    return {name.lower().replace("_", "."): environment("connect")[name] for name in short}


def test_connects_own_topics_are_the_registrys() -> None:
    given = environment("connect")
    names = [given[f"{kind}_STORAGE_TOPIC"] for kind in ("CONFIG", "OFFSET", "STATUS")]
    assert names == [CONNECT_CONFIGS.name, CONNECT_OFFSETS.name, CONNECT_STATUS.name]


def test_connect_carries_what_connectors_name_and_no_other_secret() -> None:
    given = environment("connect")
    assert set(connect.READABLE.split("|")) <= set(given)
    assert {name for name, value in given.items() if value == SECRET} == {"CDC_PASSWORD"}


def test_the_two_flink_processes_share_their_state() -> None:
    mounts = [services()[f"flink-{role}"]["volumes"] for role in ("jobmanager", "taskmanager")]
    assert mounts[0] == mounts[1]
    assert mounts[0][0]["target"] == environment("flink-jobmanager")["STATE_DIR"]
