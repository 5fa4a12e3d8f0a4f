"""A real Kafka broker of its own, from the jars that start.sh fetched."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flink.folders import ROOT
from orderflow.core.settings import Settings

READY_SECONDS = 60.0


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[str]:
    """Yield the broker's address, `host:port`."""
    jars = ROOT / settings.cache_dir / "jars" / "kafka"
    assert any(jars.glob("*.jar")), f"no Kafka in {jars}: run ./scripts/start.sh or `make test`, which fetch it"
    port, controller = _free_port(), _free_port()
    properties = folder / "server.properties"
    properties.write_text(_properties(folder, port, controller))
    java = ["java", "-Xmx256m", "-cp", f"{jars}/*"]
    tool = [*java, "kafka.tools.StorageTool", "format", "-t", "Zk3cW2yHRz6ThKq5n2Xy7A", "-c", str(properties)]
    subprocess.run(tool, check=True, capture_output=True)
    with (folder / "log").open("wb") as log:
        broker = subprocess.Popen([*java, "kafka.Kafka", str(properties)], stdout=log, stderr=log)
    try:
        _await_port(port, folder / "log", broker)
        yield f"127.0.0.1:{port}"
    finally:
        broker.kill()
        broker.wait()


def _await_port(port: int, log: Path, broker: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and broker.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"Kafka did not listen on {port}:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _properties(folder: Path, port: int, controller: int) -> str:
    listeners = f"PLAINTEXT://127.0.0.1:{port}"
    return f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners={listeners},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={listeners}
controller.listener.names=CONTROLLER
log.dirs={folder}/data
offsets.topic.replication.factor=1
auto.create.topics.enable=false
"""
