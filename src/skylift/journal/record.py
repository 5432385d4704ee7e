"""The frozen data that the reader gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["ok", "failed", "interrupted", "running", "cut-off"]
"""``running``: its process lives. ``cut-off``: it ended without writing an outcome (killed, power cut)."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run as a list shows it. ``started`` in epoch seconds; ``seconds`` of wall time, None while unknown."""

    id: str
    folder: Path
    verb: str
    command: tuple[str, ...]
    cloud: str
    release: str
    version: str
    user: str
    host: str
    started: float
    outcome: Outcome
    seconds: float | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    problem: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/journal.md."""
        return {
            "id": self.id,
            "folder": str(self.folder),
            "verb": self.verb,
            "command": list(self.command),
            "cloud": self.cloud,
            "release": self.release,
            "version": self.version,
            "user": self.user,
            "host": self.host,
            "started": self.started,
            "outcome": self.outcome,
            "seconds": self.seconds,
            "counts": dict(self.counts),
            "problem": dict(self.problem) if self.problem else None,
        }


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One line of events.jsonl: ``offset`` seconds since the start of the run, ``wall`` epoch seconds."""

    offset: float
    wall: float
    kind: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A whole run. ``torn`` counts the lines of events.jsonl that could not be read (at most the last, in practice)."""

    summary: RunSummary
    plan: Mapping[str, Any] | None
    plan_text: str
    settings: str
    events: tuple[RecordedEvent, ...]
    torn: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: the summary's fields, plan, settings and events."""
        return {
            **self.summary.as_dict(),
            "plan": self.plan,
            "settings": self.settings,
            "events": [{"t": e.offset, "at": e.wall, "kind": e.kind, **e.fields} for e in self.events],
            "torn": self.torn,
        }
