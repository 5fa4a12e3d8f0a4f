from orderflow.stack import folders, usage
from orderflow.stack.place import Place

SUPERVISOR_LOG = """\
2026-11-24 17:00:00,000 INFO exited: kafka (exit status 1; not expected)
2026-11-24 17:01:00,000 INFO supervisord started with pid 7
2026-11-24 17:02:00,000 INFO exited: streams-1 (terminated by SIGKILL; not expected)
2026-11-24 17:03:00,000 INFO exited: streams-1 (exit status 75; not expected)
2026-11-24 17:04:00,000 INFO stopped: mysql (exit status 0)
"""


def test_restarts_are_the_unplanned_ends_since_the_supervisor_started(described: Place) -> None:
    folders.make(described)
    described.log("supervisord").write_text(SUPERVISOR_LOG)
    assert usage.restarts(described) == {"streams-1": 2}
