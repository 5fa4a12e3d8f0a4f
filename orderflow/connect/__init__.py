"""Connectors from files to running tasks over Kafka Connect's REST API: read, check, plan, apply, heal.

A connector's JSON names `${env:..}` variables that the Connect worker carries: MYSQL_SERVER_HOST, MYSQL_PORT,
KAFKA_HOST, KAFKA_PORT, CDC_USER and CDC_PASSWORD.
"""

from orderflow.connect.apply import apply_all, new_snapshot, state
from orderflow.connect.errors import ConnectError
from orderflow.connect.looks import drift, source
from orderflow.connect.source_settings import Verdict
from orderflow.connect.states import ConnectorState, Task

__all__ = ["ConnectError", "ConnectorState", "Task", "Verdict", "apply_all", "drift", "new_snapshot", "source", "state"]
