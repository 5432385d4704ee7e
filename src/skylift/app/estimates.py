"""How long operations took in earlier runs, from the journal: what a plan's estimate is made of, and nothing else."""

from __future__ import annotations

from statistics import median

from skylift.journal import list_runs, read_run
from skylift.model.naming import short
from skylift.model.problem import Problem

RUNS = 12
"""How many of the last runs of a cloud are looked at."""


def durations_of(cloud: str) -> dict[tuple[str, str], float]:
    """Return the median seconds of each action on each target (by its short name) in the last runs of ``cloud``.

    A journal that cannot be read tells nothing; an estimate is no reason to fail.
    """
    seen: dict[tuple[str, str], list[float]] = {}
    try:
        runs = [run for run in list_runs(cloud=cloud) if run.counts.get("ok")][:RUNS]
        for run in runs:
            begun: dict[str, tuple[str, str]] = {}
            for event in read_run(run.folder.name).events:
                if event.kind == "step-started":
                    begun[event.fields["step"]] = (event.fields["action"], short(event.fields["target"]))
                elif event.kind == "step-finished" and event.fields.get("state") == "ok":
                    key = begun.get(event.fields["step"])
                    if key is not None:
                        seen.setdefault(key, []).append(float(event.fields["seconds"]))
    except (Problem, KeyError, ValueError):
        return {}
    return {key: median(values) for key, values in seen.items()}
