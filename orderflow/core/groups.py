"""The consumer groups of the Flink job: a name of its own for each build, so that offsets never outlive their tables.

A group that a stranger could guess (a debugging consumer with FLINK_GROUP from `.env`) refuses Flink's commits.
"""

BUILD_DIGITS = 8


def flink_groups(prefix: str, build_id: str) -> tuple[str, str]:
    """Return the groups of the job's two sources, orders and totals; `build_id` is PostgreSQL's `builds.build_id`."""
    build = f"{prefix}-{build_id[:BUILD_DIGITS]}"
    return f"{build}-orders", f"{build}-totals"
