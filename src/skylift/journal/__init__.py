"""The record of runs: a sink that writes it, and a reader. Nothing is ever decided by it."""

from skylift.journal.kept import Input, KeptFile, look_at, masked_bytes, read_desired, read_files, read_input
from skylift.journal.reader import find_run, list_runs, read_plan, read_run, read_settings
from skylift.journal.record import RecordedEvent, RunRecord, RunSummary
from skylift.journal.writer import Journal

__all__ = [
    "Input",
    "Journal",
    "KeptFile",
    "RecordedEvent",
    "RunRecord",
    "RunSummary",
    "find_run",
    "list_runs",
    "look_at",
    "masked_bytes",
    "read_desired",
    "read_files",
    "read_input",
    "read_plan",
    "read_run",
    "read_settings",
]
