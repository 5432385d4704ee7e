"""Results of proofs, as ``verify`` reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ProofResult:
    """One proof: ``name``, whether it held, how long it took, and what was seen."""

    name: str
    ok: bool
    seconds: float
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: name, ok, seconds, detail."""
        return {"name": self.name, "ok": self.ok, "seconds": round(self.seconds, 2), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Report:
    """All proofs of one ``verify``. ``address`` answered from outside, or is None."""

    address: str | None
    checks: tuple[ProofResult, ...]

    @property
    def ok(self) -> bool:
        """True when there were proofs and all of them held."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: ok, address, checks."""
        return {"ok": self.ok, "address": self.address, "checks": [check.as_dict() for check in self.checks]}
