"""Use case: could this machine carry the cloud? What ``up`` checks before its first change, and nothing else."""

from __future__ import annotations

from skylift.app.machine import check
from skylift.app.situation import look
from skylift.app.workspace import Workspace
from skylift.doctor.prechecks import Finding
from skylift.model.event import Sink


async def precheck(workspace: Workspace, sink: Sink) -> tuple[Finding, ...]:
    """Return what each check found. Raises Problem for settings that cannot be met, before anything is looked at.

    What has no effect in the settings is told to ``sink``.
    """
    # APIs that hang are no reason to wait for: nothing here is about them.
    situation = await look(workspace, why=False, lenient=True, ask=False)
    for notice in (*workspace.settings.warnings, *workspace.passwords.notices, *situation.notices):
        sink(notice)
    return await check(workspace, situation, kvm=True)
