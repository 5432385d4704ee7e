"""What the bench prints."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any


def row(entry: Mapping[str, Any]) -> str:
    """Return one line of an entry in its JSON form."""
    healed = "" if entry["healed"] is None else f"{entry['healed']:.1f} s"
    named = {None: "", True: "yes", False: "NO"}[entry["named"]]
    first = (entry["first"] or {}).get("code") or ("nothing found" if entry["named"] is False else "")
    return f"| {entry['name']} | {healed} | {named} | {first} | {entry['mended']} {entry['mend_seconds']:.0f} s |"


def table(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of all entries with the share of those that healed or were named."""
    lines = ["| fault | healed by itself after | named by the first finding | first finding | mended by |",
             "|---|---|---|---|---|"]  # fmt: skip
    return "\n".join([*lines, *map(row, entries), "", share(entries)])


def share(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return how many healed, how many were named, and the share of both together."""
    put = [entry for entry in entries if not str(entry["error"]).startswith("could not be put in")]
    healed = sum(entry["healed"] is not None for entry in put)
    asked = [entry for entry in put if entry["named"] is not None]
    named = sum(bool(entry["named"]) for entry in asked)
    judged = healed + len(asked)
    text = f"{len(put)} faults: {healed} healed by themselves, {named} of {len(asked)} others named"
    return f"{text}: {100 * (healed + named) / judged:.1f} %" if judged else text


def healthy(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return what doctor said of the cloud while it was well."""
    if not runs:
        return "doctor was not asked about the healthy cloud"
    seconds = sorted(float(run["seconds"]) for run in runs)
    wrong = [code for run in runs for code in (run["findings"] or ([run["error"]] if run["error"] else []))]
    median = statistics.median(seconds)
    text = f"healthy cloud, {len(runs)} runs: {median:.1f} s in the middle, {seconds[-1]:.1f} s at worst, "
    return text + (f"{len(wrong)} findings: {', '.join(sorted(set(wrong)))}" if wrong else "no finding")
