"""Versions of `.env` against what is unpacked: one that differs is refused with what to run."""

from collections.abc import Iterator
from importlib import metadata

from orderflow.stack.place import Place
from orderflow.stack.service import StackError

JARS = {
    "KAFKA_VERSION": ("kafka", "connect-runtime"),
    "LOG4J_VERSION": ("kafka", "log4j-core"),
    "DEBEZIUM_VERSION": ("debezium", "debezium-connector-mysql"),
    "FLINK_KAFKA_VERSION": ("flink", "flink-sql-connector-kafka"),
    "FLINK_JDBC_VERSION": ("flink", "flink-connector-jdbc-core"),
    "PGJDBC_VERSION": ("flink", "postgresql"),
}
"""Setting -> folder of jars, and the jar that carries the version in its name."""


def refuse_others(stack: Place) -> None:
    """Raise StackError naming every setting whose version is not the unpacked one."""
    wrong = [*_wrong_jars(stack), *_wrong_flink(stack)]
    if wrong:
        raise StackError("\n".join(wrong))


def _wrong_jars(stack: Place) -> Iterator[str]:
    for name, (folder, jar) in JARS.items():
        wanted = stack.environ[name]
        if not (stack.jars(folder) / f"{jar}-{wanted}.jar").exists():
            found = ", ".join(sorted(path.stem for path in stack.jars(folder).glob(f"{jar}-*.jar"))) or "nothing"
            yield f"{name} is {wanted}, unpacked is {found}: run scripts/install.sh"


def _wrong_flink(stack: Place) -> Iterator[str]:
    installed = metadata.version("apache-flink")
    if installed != stack.settings.flink_version:
        yield (
            f"FLINK_VERSION is {stack.settings.flink_version}, .venv holds {installed}: "
            "it follows apache-flink in requirements.in and requirements.txt; then run scripts/install.sh"
        )
