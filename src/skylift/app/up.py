"""Use case: from whatever there is to a working cloud. The phases are the lines of :func:`up`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skylift.app import access
from skylift.app.apply import execute, prepare
from skylift.app.pages import pages
from skylift.app.run import start
from skylift.app.verify import prove
from skylift.app.workspace import Workspace
from skylift.model.event import RunResult, Sink
from skylift.model.proof import Report


@dataclass(frozen=True)
class UpResult:
    """``changed`` operations; ``endpoints`` by catalogue type, and pages by name; ``credentials`` is clouds.yaml.

    ``phases`` are seconds by name.
    """

    changed: int
    report: Report | None
    endpoints: dict[str, str]
    credentials: Path
    phases: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "changed": self.changed,
            "report": self.report.as_dict() if self.report else None,
            "endpoints": self.endpoints,
            "credentials": str(self.credentials),
            "phases": {name: round(seconds, 3) for name, seconds in self.phases.items()},
        }


async def up(workspace: Workspace, sink: Sink, *, verify: bool = True, stop: asyncio.Event | None = None) -> UpResult:
    """Check, provide images, plan, apply, create initial resources, verify.

    Safe to repeat: what is as it should be is left alone. Raises Problem for what failed.
    """
    with start(workspace, "up", sink, stop) as run:
        situation = await prepare(run)
        changed = await execute(run, situation)
        report = None
        if verify:
            with run.phase("verify"):
                report = await prove(workspace, situation.cloud, run)
        result = UpResult(
            changed=changed,
            report=report,
            endpoints={entry.type: entry.url for entry in situation.desired.catalogue}
            | pages(workspace.enabled, workspace.settings, situation.cloud.api_address),
            credentials=access.find(workspace.folder).clouds,
            phases=dict(run.phases),
        )
        run(RunResult(result.as_dict()))
        return result
