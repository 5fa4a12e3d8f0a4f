"""Java's command line for Kafka and Connect, and the log settings they share."""

from orderflow.stack.place import Place

LOG4J2 = """\
status = warn
appenders = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} - %m%n
appender.console.filter.burst.type = BurstFilter
appender.console.filter.burst.level = info
appender.console.filter.burst.rate = 50
appender.console.filter.burst.maxBurst = 1000
rootLogger.level = info
rootLogger.appenderRefs = console
rootLogger.appenderRef.console.ref = console
logger.clients.name = org.apache.kafka.clients
logger.clients.level = warn
logger.authorizer.name = org.apache.kafka.common.config
logger.authorizer.level = warn
logger.measurements.name = io.debezium.metrics.stats.MeasurementCollector
logger.measurements.level = error
"""
"""To standard output, where supervisor rotates it; a flood of one error is cut, so that a full disk is not the next."""


PROVIDERS = "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
"""What may stand behind ${..} in any client's settings: by Kafka's default a connector could have files read, too."""


def command(stack: Place, heap: str, main: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs `main` from Kafka's jars with `heap` (Java's notation, such as 768m)."""
    return (
        "java",
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",  # on two cores the other collectors' threads cost more than their pauses save
        "-XX:+ExitOnOutOfMemoryError",
        "-Duser.timezone=UTC",
        f"-Dlog4j2.configurationFile={stack.conf('log4j2.properties')}",
        f"-Dorg.apache.kafka.automatic.config.providers={PROVIDERS}",
        "-cp",
        f"{stack.jars('kafka')}/*",
        main,
        *arguments,
    )


def write_log_settings(stack: Place) -> None:
    """Write the log settings file."""
    stack.conf("log4j2.properties").write_text(LOG4J2)


def properties(values: dict[str, object]) -> str:
    """Return Java's properties text."""
    return "".join(f"{name}={value}\n" for name, value in values.items())
