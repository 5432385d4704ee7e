"""Use case: what would be done."""

from __future__ import annotations

from skylift.app.situation import look
from skylift.app.workspace import Workspace
from skylift.model.event import Notice, Sink
from skylift.model.plan import Plan


async def make(workspace: Workspace, sink: Sink) -> Plan:
    """Return the plan that ``apply`` would carry out now. Changes nothing."""
    for notice in (*workspace.settings.warnings, *workspace.passwords.notices):
        sink(notice)
    situation = await look(workspace)
    if not situation.images.complete:
        count = len(situation.images.missing)
        sink(Notice(f"{count} images are not on this machine yet; 'skylift up' builds or pulls them first"))
    return situation.plan
