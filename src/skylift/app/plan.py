"""Use case: what would be done."""

from __future__ import annotations

from pathlib import Path

from skylift.app.machine import find_out
from skylift.app.plan_file import save
from skylift.app.situation import look
from skylift.app.workspace import Workspace
from skylift.model.event import Notice, Sink
from skylift.model.plan import Plan


async def make(workspace: Workspace, sink: Sink, *, only: tuple[str, ...] = (), out: Path | None = None) -> Plan:
    """Return the plan that ``apply`` would carry out now, and write it to ``out``. Changes nothing.

    ``only`` limits it to these services. Raises Problem for settings that cannot be met, and for a plan that cannot be
    kept.
    """
    for notice in (*workspace.settings.warnings, *workspace.passwords.notices):
        sink(notice)
    situation = await look(workspace, only=only)
    for notice in situation.notices:
        sink(notice)
    if out is not None:
        if situation.images.complete:
            # A first deployment depends on what the machine can do, which is tried before it is applied.
            machine = await find_out(workspace, situation, situation.images, sink)
            situation = await look(workspace, machine, only=only)
        save(out, situation, only)
    elif not situation.images.complete:
        count = len(situation.images.missing)
        sink(Notice(f"{count} images are not on this machine yet; 'skylift up' builds or pulls them first"))
    return situation.plan
