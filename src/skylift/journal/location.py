"""Where the journal lies, and how its files are named."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

SCHEMA = 1
"""Version of the files of a run, written into run.json and outcome.json. Raised when a field changes its meaning."""

RUN = "run.json"
PLAN = "plan.json"
PLAN_TEXT = "plan.txt"
EVENTS = "events.jsonl"
SETTINGS = "settings.yml"
INPUT = "input"
INPUT_LIST = "input.json"
DESIRED = "desired.json.gz"
OUTCOME = "outcome.json"


def journal_folder() -> Path:
    """Return the journal's folder: SKYLIFT_STATE, else ``/var/lib/skylift/journal`` for root, else the user's state."""
    chosen = os.environ.get("SKYLIFT_STATE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/skylift/journal")
    return platformdirs.user_state_path("skylift") / "journal"


def runs_folder(journal: Path | None = None) -> Path:
    """Return the folder that holds one folder a run."""
    return (journal or journal_folder()) / "runs"
