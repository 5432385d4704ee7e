"""What is wrong, why, how that is seen, and what to do: the one form of an explained failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing seen. ``text`` is a line or an answer; ``source`` the container or command it came from, if known.

    ``age`` is how many seconds ago it happened the last time, None where no time is known; ``count`` how often.
    """

    text: str
    source: str = ""
    age: float | None = None
    count: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        age = None if self.age is None else round(self.age, 1)
        return {"text": self.text, "source": self.source, "age": age, "count": self.count}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    ``code`` is a stable kebab-case name and ``summary`` constant for it; ``cause`` says why it happens, ``fix`` can be
    pasted or followed; ``where`` is a container, an address or a line of the text. ``follows_from`` is the code of
    another finding that explains this one: empty, or this is but a consequence.
    """

    code: str
    severity: Severity
    summary: str
    cause: str = ""
    evidence: tuple[Evidence, ...] = ()
    fix: str = ""
    where: str = ""
    follows_from: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {
            "code": self.code,
            "severity": self.severity,
            "summary": self.summary,
            "cause": self.cause,
            "evidence": [one.as_dict() for one in self.evidence],
            "fix": self.fix,
            "where": self.where,
            "follows_from": self.follows_from,
        }
