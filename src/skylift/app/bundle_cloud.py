"""Sections of a report about the cloud: its settings, what is wrong with it, and what was done to it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from skylift.app import diagnose, situation
from skylift.app import status as status_of
from skylift.app.bundle_machine import Files
from skylift.app.bundle_scene import Scene
from skylift.app.explain import FAILED
from skylift.doctor.diagnose import Diagnosis
from skylift.journal import RunRecord, list_runs, read_run
from skylift.model.naming import short
from skylift.plan.text import text
from skylift.settings.known_secrets import password_names

RUNS = 5


async def written(scene: Scene) -> Files:
    """Return globals.yml and the overrides as the user wrote them."""
    files: dict[str, Any] = {f"settings/{name}": content for name, content in scene.files.items()}
    if scene.left_out:
        files["settings/left-out.json"] = dict(scene.left_out)
    return files


async def settings(scene: Scene) -> Files:
    """Return every setting with its value and where that comes from, and the names of the passwords there are."""
    found = scene.the_settings()
    keys = sorted({*type(found.keys).model_fields, *found.enabled})
    effective = {key: {"value": _plain(getattr(found, key)), "source": found.source(key)} for key in keys}
    return {
        "settings/effective.json": {
            "folder": str(scene.folder),
            "settings": effective,
            "notices": [notice.as_dict() for notice in found.warnings],
            "names_in_passwords_yml": password_names(scene.folder),
        }
    }


async def doctor(scene: Scene) -> Files:
    """Return doctor's findings, as of ``skylift doctor --json``. Notes which containers they concern."""
    found = await diagnose.look(scene.the_workspace(), time.monotonic())
    scene.concerned.update(_concerned(found.diagnosis))
    return {"doctor.json": [finding.as_dict() for finding in found.diagnosis.findings]}


def _concerned(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    for finding in reversed(diagnosis.findings):
        for word in (finding.where, *(seen.source for seen in finding.evidence)):
            # A source may be a command as well.
            if word and " " not in word:
                yield word, f"doctor: {finding.code}"


async def status(scene: Scene) -> Files:
    """Return the status, as of ``skylift status --json``. Notes which containers are in trouble."""
    found = await status_of.status(scene.the_workspace())
    for line in found.containers:
        if line.bad:
            scene.concerned.setdefault(line.name, f"status: {line.status} {line.health}".rstrip())
    return {"status.json": found.as_dict()}


async def plan(scene: Scene) -> Files:
    """Return what ``apply`` would do now, as text and as JSON."""
    made = (await situation.look(scene.the_workspace(), lenient=True)).plan
    return {"plan.txt": text(made), "plan.json": made.as_dict()}


async def runs(scene: Scene) -> Files:
    """Return the last runs of the cloud, and the last that failed. Notes the containers whose operations failed."""
    every = list_runs(scene.journal, scene.cloud)
    failed = [run for run in every[RUNS:] if run.outcome in FAILED]
    files: dict[str, Any] = {}
    for run in (*every[:RUNS], *failed[:1]):
        record = read_run(run.folder.name, scene.journal)
        above = f"runs/{run.folder.name}"
        files[f"{above}/run.json"] = {**record.summary.as_dict(), "settings": record.settings, "torn": record.torn}
        files[f"{above}/events.jsonl"] = record.as_dict()["events"]
        if record.plan_text:
            files[f"{above}/plan.txt"] = record.plan_text
        for word in _failed(record):
            scene.concerned.setdefault(word, f"run {run.id}: it failed")
    return files


def _failed(record: RunRecord) -> Iterator[str]:
    for event in record.events:
        if event.kind == "step-finished" and event.fields.get("state") == "failed":
            yield short(str(event.fields.get("step", "")).partition(":")[2])
    several = record.summary.problem or {}
    for problem in several.get("problems") or [several]:
        if problem.get("where"):
            yield short(str(problem["where"]))


def _plain(value: Any) -> Any:
    """Return a setting as JSON has it: texts for addresses and the like."""
    return json.loads(json.dumps(value, default=str))
