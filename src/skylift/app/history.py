"""Use case: the list of runs, each with what it changed in a few words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skylift.journal import RunSummary, list_runs, read_input, read_plan, read_settings
from skylift.model import naming
from skylift.model.plan import AWAITED

FEW = 3
"""So many services are named each; beyond, they are counted."""
CATALOGUE = "catalogue entry"
CALLED = dict.fromkeys(("role", "account", "domain", "endpoint"), CATALOGUE)
PAST = {"+": "created", "~": "recreated", "↻": "restarted", "r": "reloaded", "-": "removed"}


@dataclass(frozen=True)
class Entry:
    """A run of the list; ``changes`` are phrases such as ``nova: 5 recreated``."""

    run: RunSummary
    changes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {**self.run.as_dict(), "changes": list(self.changes)}


@dataclass(frozen=True)
class History:
    """Runs, the newest first, out of ``total``; ``clouds`` are all names in the journal."""

    entries: tuple[Entry, ...]
    total: int
    clouds: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {"runs": [entry.as_dict() for entry in self.entries], "total": self.total, "clouds": list(self.clouds)}


def history(cloud: str | None = None, limit: int = 0, journal: Path | None = None) -> History:
    """Return the runs (of one cloud), at most ``limit`` unless that is 0."""
    every = list_runs(journal)
    runs = [run for run in every if cloud is None or run.cloud == cloud]
    shown = runs[:limit] if limit else runs
    entries = tuple(Entry(run, changes(run, before(run, every))) for run in shown)
    return History(entries, len(runs), tuple(sorted({run.cloud for run in every})))


def entry_of(run: RunSummary, journal: Path | None = None) -> Entry:
    """Return one run with what it changed."""
    return Entry(run, changes(run, before(run, list_runs(journal))))


def before(run: RunSummary, runs: Iterable[RunSummary]) -> RunSummary | None:
    """Return the run of the same cloud before this one; ``runs`` are newest first."""
    older = (one for one in runs if one.cloud == run.cloud and one.started < run.started)
    return next(older, None)


def changes(run: RunSummary, previous: RunSummary | None) -> tuple[str, ...]:
    """Return what a run changed: what the user wrote since the run before, then what its plan did to the cloud."""
    found = list(_written(run, previous)) if previous is not None else []
    if run.verb == "verify":
        bad = run.counts.get("failed", 0)
        every = sum(run.counts.values())
        found += [f"{bad} of {every} proofs failed" if bad else f"{every} proofs held"] if every else []
        return tuple(found)
    plan = read_plan(run.folder)
    if plan is not None:
        planned = operations(plan.get("operations", ()))
        found += planned if run.outcome == "ok" or not planned else ["planned: " + planned[0], *planned[1:]]
    if not found and run.outcome == "ok" and (plan is None or not plan.get("operations")):
        found.append("nothing to do")
    return tuple(found)


def operations(planned: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a plan in a few phrases: ``nova: 5 recreated``, ``3 jobs``, ``2 networks created``."""
    targets: dict[str, set[str]] = {}
    services: dict[str, str] = {}
    others: Counter[str] = Counter()
    planned = list(planned)
    # A job's container is made for it alone: the job is what counts.
    jobs = {operation.get("target") for operation in planned if operation.get("action") == "job.run"}
    for operation in planned:
        action, target = str(operation.get("action", "")), str(operation.get("target", ""))
        kind, verb = naming.kind(action), naming.verb(action)
        if operation.get("cause") == AWAITED:
            continue
        if kind == "container" and target not in jobs:
            targets.setdefault(target, set()).add(verb)
            services[target] = str(operation.get("service", ""))
        elif kind != "container":
            word = CALLED.get(kind, kind)
            others[f"{word} removed" if verb == "remove" else word] += 1
    counts: dict[str, Counter[str]] = {}
    for target, verbs in targets.items():
        if deed := _deed(verbs):
            counts.setdefault(deed, Counter())[services[target]] += 1
    phrases = [phrase for deed in PAST.values() if deed in counts for phrase in _phrases(deed, counts[deed])]
    phrases += [_plural(number, word) for word, number in others.items() if number]
    return phrases


def settings_of(run: RunSummary) -> dict[str, str]:
    """Return what was set in a run's globals.yml or environment, by key."""
    found = {}
    for line in read_settings(run.folder).splitlines():
        key, _, value = line.partition(": ")
        try:
            found[key] = str(json.loads(value))
        except ValueError:
            found[key] = value
    return found


def _written(run: RunSummary, previous: RunSummary) -> Iterable[str]:
    new, old = settings_of(run), settings_of(previous)
    keys = sorted(key for key in {*new, *old} if new.get(key) != old.get(key))
    if keys:
        yield f"globals.yml: {keys[0] if len(keys) == 1 else f'{len(keys)} keys'}"
    mine, theirs = read_input(run.folder), read_input(previous.folder)
    if mine is not None and theirs is not None and mine.folder == theirs.folder:
        names = {*mine.files, *theirs.files} - {"globals.yml"}
        differ = sorted(name for name in names if mine.files.get(name) != theirs.files.get(name))
        if differ:
            yield differ[0] if len(differ) == 1 else f"{len(differ)} override files"


def _deed(verbs: set[str]) -> str:
    if "remove" in verbs:
        return PAST["~"] if "create" in verbs else PAST["-"]
    if "create" in verbs:
        return PAST["+"]
    if "reload" in verbs:
        return PAST["r"]
    return PAST["↻"] if verbs & {"stop", "start", "restart"} else ""


def _phrases(deed: str, by_service: Counter[str]) -> list[str]:
    if len(by_service) <= FEW and "" not in by_service:
        return [f"{service}: {number} {deed}" for service, number in by_service.items()]
    total = by_service.total()
    return [f"{total} container{'' if total == 1 else 's'} {deed}"]


def _plural(number: int, word: str) -> str:
    if number == 1:
        return f"1 {word}"
    noun, removed, _ = word.partition(" removed")
    return f"{number} {'catalogue entries' if noun == CATALOGUE else noun + 's'}{removed}"
