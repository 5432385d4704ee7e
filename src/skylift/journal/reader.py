"""Read what the sink kept. Tolerates runs that were cut off at any point."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from skylift.journal.location import EVENTS, OUTCOME, PLAN, PLAN_TEXT, RUN, SETTINGS, runs_folder
from skylift.journal.process import alive
from skylift.journal.record import Outcome, RecordedEvent, RunRecord, RunSummary
from skylift.model.problem import Problem


def list_runs(journal: Path | None = None, cloud: str | None = None) -> tuple[RunSummary, ...]:
    """Return all runs (of one cloud), the newest first. A journal that does not exist has none."""
    runs = runs_folder(journal)
    try:
        folders = sorted(
            (path for path in runs.iterdir() if not path.name.startswith(".") and path.is_dir()), reverse=True
        )
    except FileNotFoundError:
        return ()
    except PermissionError as error:
        raise Problem(
            code="journal-unreadable",
            summary="The journal cannot be read",
            detail=error.strerror or "",
            fix="Run the command as the user who made the runs (sudo for root's).",
            where=str(runs),
        ) from error
    found = [summary for summary in map(_summary, folders) if summary is not None]
    found.sort(key=lambda summary: summary.started, reverse=True)
    return tuple(summary for summary in found if cloud is None or summary.cloud == cloud)


def find_run(reference: str, journal: Path | None = None) -> RunSummary:
    """Return the run that ``reference`` names: an id or its beginning, a folder's name, ``last``, or ``last-2``.

    Raises Problem ``journal-empty``, ``run-unknown`` or ``run-ambiguous``.
    """
    runs = list_runs(journal)
    if not runs:
        raise Problem(
            code="journal-empty",
            summary="No run is recorded yet",
            detail="The first one is made by 'skylift up'. SKYLIFT_STATE names another journal.",
            fix="skylift up",
            where=str(runs_folder(journal)),
        )
    word, _, number = reference.partition("-")
    if word == "last" and (number.isdigit() or not number) and len(runs) > int(number or 0):
        return runs[int(number or 0)]
    exact = [run for run in runs if reference in (run.id, run.folder.name)]
    hits = exact or [run for run in runs if reference and run.id.startswith(reference)]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise Problem(
            code="run-ambiguous",
            summary="Several runs match",
            detail=f"{reference}: " + ", ".join(run.folder.name for run in hits),
            fix="Give more digits of the id.",
        )
    near = get_close_matches(reference, [run.id for run in runs], n=3, cutoff=0.4) or [run.id for run in runs[:3]]
    raise Problem(
        code="run-unknown",
        summary="There is no such run",
        detail=f"{reference} is not among the {len(runs)} runs" + (f"; try {', '.join(near)}" if near else ""),
        fix="skylift history",
        where=str(runs_folder(journal)),
    )


def read_plan(folder: Path) -> Mapping[str, Any] | None:
    """Return the plan of the run in ``folder``, or None."""
    return _json(folder / PLAN)


def read_settings(folder: Path) -> str:
    """Return the settings that were set in the run in ``folder``, as YAML."""
    return _text(folder / SETTINGS)


def read_run(reference: str, journal: Path | None = None) -> RunRecord:
    """Return the whole record of a run. Raises as :func:`find_run` does."""
    summary = find_run(reference, journal)
    folder = summary.folder
    events, torn = _events(folder / EVENTS)
    return RunRecord(
        summary=summary,
        plan=read_plan(folder),
        plan_text=_text(folder / PLAN_TEXT),
        settings=read_settings(folder),
        events=events,
        torn=torn,
    )


def _summary(folder: Path) -> RunSummary | None:
    run = _json(folder / RUN)
    if run is None:
        return None
    end = _json(folder / OUTCOME) or {}
    outcome: Outcome
    if end:
        outcome = end.get("outcome", "failed")
    else:
        outcome = "running" if alive(run.get("pid", 0), run.get("pid_started", 0), run.get("boot", "")) else "cut-off"
    return RunSummary(
        id=str(run.get("id", "")),
        folder=folder,
        verb=str(run.get("verb", "")),
        command=tuple(run.get("command", ())),
        cloud=str(run.get("cloud", "")),
        release=str(run.get("release", "")),
        version=str(run.get("skylift", "")),
        user=str(run.get("user", "")),
        host=str(run.get("host", "")),
        started=float(run.get("started", 0.0)),
        outcome=outcome,
        seconds=end.get("seconds"),
        counts=end.get("counts", {}),
        problem=end.get("problem"),
    )


def _events(path: Path) -> tuple[tuple[RecordedEvent, ...], int]:
    """Return the events and the number of unreadable lines: a run that was cut off may end in half a line."""
    events: list[RecordedEvent] = []
    torn = 0
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return (), 0
    for line in lines:
        if not line:
            continue
        try:
            fields = json.loads(line)
            offset, wall, kind = fields.pop("t"), fields.pop("at"), fields.pop("kind")
            events.append(RecordedEvent(float(offset), float(wall), str(kind), fields))
        except (ValueError, KeyError, TypeError, AttributeError):
            torn += 1
    return tuple(events), torn


def _json(path: Path) -> Mapping[str, Any] | None:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
