"""The record of runs: a sink that writes it, and a reader. Nothing is ever decided by it."""

from skylift.journal.reader import find_run, list_runs, read_run
from skylift.journal.record import RecordedEvent, RunRecord, RunSummary
from skylift.journal.writer import Journal

__all__ = ["Journal", "RecordedEvent", "RunRecord", "RunSummary", "find_run", "list_runs", "read_run"]
