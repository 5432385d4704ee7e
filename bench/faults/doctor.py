"""Ask ``skylift doctor``."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from bench.faults.lab import Lab


@dataclass(frozen=True)
class Opinion:
    """What doctor found, in its order, and how long it took. ``error`` is what it said when it gave no answer."""

    findings: tuple[dict[str, Any], ...]
    seconds: float
    error: str = ""

    @property
    def first(self) -> dict[str, Any] | None:
        """The most probable cause, by doctor."""
        return self.findings[0] if self.findings else None


def ask(lab: Lab) -> Opinion:
    """Let doctor look at the cloud."""
    begun = time.monotonic()
    done = lab.skylift("doctor", "--json", seconds=180)
    seconds = time.monotonic() - begun
    try:
        found = findings(json.loads(done.stdout))
    except (ValueError, TypeError, KeyError):
        return Opinion((), seconds, (done.stderr or done.stdout)[-400:] or f"exit code {done.returncode}")
    return Opinion(found, seconds)


def findings(document: Any) -> tuple[dict[str, Any], ...]:
    """Return the findings of doctor's document: the list itself, or what it has as ``findings``."""
    listed = document["findings"] if isinstance(document, dict) else document
    return tuple(dict(one) for one in listed)
