"""The proof: whole tables of MySQL and PostgreSQL compared by count and checksum, and every differing key named."""

from orderflow.reconcile.proof import compare
from orderflow.reconcile.report import Report, TableReport

__all__ = ["Report", "TableReport", "compare"]
