"""Use case: could this machine carry the cloud? What ``up`` checks before its first change, and nothing else."""

from __future__ import annotations

from skylift.app.machine import check
from skylift.app.situation import look
from skylift.app.workspace import Workspace
from skylift.doctor.prechecks import discover


async def precheck(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the checks, all of which hold. Raises Problems with everything that is wrong."""
    await check(workspace, await look(workspace))
    return tuple(name.replace("_", " ") for name in discover())
