"""Use case: could this machine carry the cloud? What ``up`` checks before its first change, and nothing else."""

from __future__ import annotations

from skylift.app.machine import check
from skylift.app.situation import look
from skylift.app.workspace import Workspace
from skylift.doctor.prechecks import discover
from skylift.model.event import Sink


async def precheck(workspace: Workspace, sink: Sink) -> tuple[str, ...]:
    """Return the names of the checks, all of which hold. Raises Problems with everything that is wrong.

    What has no effect in the settings is told to ``sink``.
    """
    situation = await look(workspace, why=False)
    for notice in (*workspace.settings.warnings, *workspace.passwords.notices, *situation.notices):
        sink(notice)
    await check(workspace, situation)
    return tuple(name.replace("_", " ") for name in discover())
