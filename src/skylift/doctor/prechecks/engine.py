"""An engine that is too old lacks calls that Skylift makes."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem

# 1.41 is Docker 20.10: cgroup namespaces (CgroupnsMode) can be chosen since then.
OLDEST = (1, 41)


def version(text: str) -> tuple[int, ...]:
    """Return ``1.41`` as numbers; empty when it is not of that form."""
    parts = text.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()


def check(context: Context) -> Problem | None:
    """Refuse an engine whose API is older than what Skylift was made for."""
    engine = context.host.engine
    found = version(engine.api)
    if not found or found >= OLDEST:
        return None
    return Problem(
        code="engine-old",
        summary="The container engine is too old",
        detail=f"{engine.name} {engine.version} speaks API {engine.api}; 1.41 (Docker 20.10) is the least that will do",
        fix="Upgrade it: apt-get update && apt-get install docker.io (or the package of your distribution).",
    )
