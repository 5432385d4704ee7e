"""Use case: back to the settings and the images of an earlier run, as far as there is a way back.

The plan is made as if the old files were there already; they are written when it was agreed to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skylift import __version__, services
from skylift.app import rollback_limits as limits
from skylift.app.apply import execute, prepare
from skylift.app.compare_runs import FileChange
from skylift.app.rollback_files import GLOBALS, Restoration, restoration
from skylift.app.rollback_limits import Limit
from skylift.app.run import start
from skylift.app.situation import look
from skylift.app.workspace import Workspace
from skylift.journal import RunSummary, find_run, read_desired, read_input
from skylift.model.event import Sink
from skylift.model.plan import Plan
from skylift.model.problem import Problem
from skylift.settings import config_dir, load, load_passwords

KINDS = ("schema", "data", "network", "image", "password", "version", "file")
"""Limits are told in this order."""


@dataclass(frozen=True)
class WayBack:
    """What is shown before the question: first what cannot go back, then files and plan."""

    run: RunSummary
    limits: tuple[Limit, ...]
    files: tuple[FileChange, ...]
    plan: Plan

    @property
    def empty(self) -> bool:
        """True when files and cloud are as in the run."""
        return not self.files and self.plan.empty

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {
            "run": self.run.id,
            "cannot": [asdict(limit) for limit in self.limits],
            "files": [asdict(file) for file in self.files],
            "plan": self.plan.as_dict(),
        }


@dataclass(frozen=True)
class RollbackResult:
    """``files`` were put back; ``copies`` has what they said before. ``confirmed`` is False when the user said no."""

    confirmed: bool
    changed: int = 0
    files: tuple[str, ...] = ()
    copies: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "files": list(self.files)}


@dataclass
class Rollback:
    """An open rollback: the run, and a workspace with that run's settings and images."""

    run: RunSummary
    workspace: Workspace
    restoration: Restoration
    limits: tuple[Limit, ...]
    _desired: Any = None

    async def propose(self) -> WayBack:
        """Return the way back. Changes nothing."""
        situation = await look(self.workspace)
        found = (*self.limits, *limits.gone(self._desired, situation.observed))
        changes = tuple(file.change(self.workspace.mask) for file in self.restoration.files)
        ordered = sorted(found, key=lambda limit: KINDS.index(limit.kind))
        return WayBack(self.run, tuple(ordered), changes, situation.plan)

    async def carry_out(
        self, sink: Sink, confirm: Callable[[WayBack], bool], *, stop: asyncio.Event | None = None
    ) -> RollbackResult:
        """Show the way back, ask, put the files back, carry out the plan: one run in the journal.

        Raises Problem when something failed; the files then say what is wanted, and ``apply`` goes on.
        """
        way = await self.propose()
        if not (way.empty or confirm(way)):
            return RollbackResult(False)
        with start(self.workspace, "rollback", sink, stop) as run:
            situation = await prepare(run)
            names = tuple(str(file.path) for file in self.restoration.files)
            copies = self._copies()
            self.restoration.save(copies)
            run.keep_input()
            changed = await execute(run, situation)
            had_content = any(file.before is not None for file in self.restoration.files)
            return RollbackResult(True, changed, names, str(copies) if had_content else "")

    def _copies(self) -> Path:
        """Return the folder for the files that are replaced: beside globals.yml, new, and no override folder."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        return self.restoration.folder / f"before-rollback-{stamp}"


@asynccontextmanager
async def opened(reference: str, config: Path | None = None) -> AsyncIterator[Rollback]:
    """Open the way back to a run. The folder is ``config``, or that of the run.

    Raises Problem ``rollback-not-kept``, ``rollback-other-cloud``, ``rollback-masked``, and as find_run does.
    """
    run = find_run(reference)
    kept, desired = read_input(run.folder), read_desired(run.folder)
    if kept is None:
        raise Problem(
            code="rollback-not-kept",
            summary="This run kept no settings to go back to",
            detail=f"{run.id} ({run.verb}) was cut off early, or made by an older Skylift",
            fix="skylift history   lists the others.",
            where=str(run.folder),
        )
    folder = config_dir(config) if config is not None else Path(kept.folder)
    _same_cloud(run, folder)
    # The present passwords: those of the run are in no journal, and those that are missing are not made here.
    back = restoration(kept, folder, load_passwords(folder, ()).mask)
    async with Workspace.open(folder, texts={GLOBALS: back.globals}) as workspace:
        workspace.overrides = back.planned()
        states = await workspace.engine.containers(workspace.cloud_name)
        pins = await limits.pins(workspace, desired, states)
        workspace.pinned = pins.images
        release = workspace.settings.keys.openstack_release
        found = [*pins.limits, *limits.since(run), *limits.versions(run, __version__, release)]
        found += [Limit("file", text) for text in back.stuck]
        yield Rollback(run, workspace, back, tuple(found), desired)


def _same_cloud(run: RunSummary, folder: Path) -> None:
    """Raise Problem unless the folder is, or may become again, the configuration of the run's cloud."""
    if not (folder / "passwords.yml").exists():
        raise Problem(
            code="rollback-no-passwords",
            summary="There is no configuration of this cloud to go back in",
            detail=f"{folder} has no passwords.yml, and passwords are not in the journal",
            fix="Put passwords.yml there, or name another folder: --config DIR",
            where=str(folder),
        )
    try:
        name = load(folder, services.load()).keys.skylift_cloud_name
    except Problem:
        return  # What is wrong in the file may be why one goes back.
    if name != run.cloud:
        raise Problem(
            code="rollback-other-cloud",
            summary="This run was of another cloud",
            detail=f"the run was of cloud {run.cloud}, and {folder} configures cloud {name}",
            fix="Name the folder of that cloud: --config DIR",
            where=str(folder / GLOBALS),
        )
