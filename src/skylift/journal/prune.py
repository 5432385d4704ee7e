"""Forget old runs, by number and by age."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

KEEP_RUNS = 200
KEEP_DAYS = 180
DOOMED = ".removed-"
NEVER_BELOW = 10
"""However old, the last runs stay: on a cloud that nobody touched for a year they say how it was made."""


def prune(runs: Path, now: float, keep: int = KEEP_RUNS, days: int = KEEP_DAYS) -> tuple[Path, ...]:
    """Remove the folders of runs beyond ``keep`` and older than ``days``; return what was removed.

    Folders sort by time, since their names start with it. What is not named like a run is left alone. A folder gets
    another name first: a reader must not see a run of which some files are gone already.
    """
    for half_gone in runs.glob(f"{DOOMED}*"):
        shutil.rmtree(half_gone, ignore_errors=True)
    folders = sorted((path for path in runs.iterdir() if _start(path) is not None), reverse=True)
    oldest = now - days * 86400
    doomed = [
        path
        for number, path in enumerate(folders)
        if number >= keep or (number >= NEVER_BELOW and (_start(path) or 0) < oldest)
    ]
    for path in doomed:
        gone = path.with_name(DOOMED + path.name)
        try:
            path.rename(gone)
        except OSError:
            continue  # another run removes it at the same time, or it is not ours to remove
        shutil.rmtree(gone, ignore_errors=True)
    return tuple(doomed)


def _start(path: Path) -> float | None:
    """Return the start in epoch seconds that a run's folder is named after, or None for another folder."""
    stamp, _, rest = path.name.partition("-")
    try:
        start = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return start if "-" in rest and path.is_dir() else None
