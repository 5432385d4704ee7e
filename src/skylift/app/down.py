"""Use case: remove the cloud without a trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from skylift.app import access
from skylift.app.guest_files import sweep
from skylift.app.run import interrupted, start
from skylift.app.situation import shape_of
from skylift.app.whats_there import whats_there
from skylift.app.workspace import Workspace
from skylift.execute.handlers import EngineHandlers
from skylift.execute.walk import walk
from skylift.model.container import LABEL
from skylift.model.event import PlanMade, Sink
from skylift.model.holding import Holding
from skylift.model.observed import Observed
from skylift.model.problem import Problem
from skylift.openstack.guests import holdings, stop_guests
from skylift.plan.teardown import teardown

ASK_SECONDS = 8.0


@dataclass(frozen=True)
class Leaving:
    """What ``down`` removes: shown before the question. ``unknown`` says why holdings could not be listed."""

    holdings: tuple[Holding, ...]
    containers: int
    kept: tuple[str, ...]
    unknown: str = ""


@dataclass(frozen=True)
class DownResult:
    """``removed`` operations; ``confirmed`` is False when the user said no."""

    confirmed: bool
    removed: int


async def down(
    workspace: Workspace,
    sink: Sink,
    confirm: Callable[[Leaving], bool],
    *,
    keep_data: bool = False,
    stop: asyncio.Event | None = None,
) -> DownResult:
    """List what is lost, ask, stop the guests, then remove containers, networks and (unless kept) volumes."""
    observed = await whats_there(workspace.engine, workspace.cloud_name)
    if not (observed.containers or observed.networks or observed.volumes):
        return DownResult(True, 0)
    kept = frozenset(await workspace.engine.data_volumes(workspace.cloud_name)) if keep_data else frozenset()
    found, unknown = await _holdings(workspace, observed)
    leaving = Leaving(
        holdings=found,
        containers=len(observed.containers),
        kept=tuple(sorted(kept & observed.volumes)),
        unknown=unknown,
    )
    if not confirm(leaving):
        return DownResult(False, 0)
    with start(workspace, "down", sink, stop) as run:
        if any(holding.kind == "guest" for holding in found):
            with run.phase("guests"):
                cloud = await shape_of(workspace, observed)
                await stop_guests(workspace.api(cloud.api_address), run)
        plan = teardown(workspace.cloud_name, observed, keep=kept)
        run.journal.plan(plan)
        run(PlanMade(tuple(operation.as_dict() for operation in plan)))
        with run.phase("remove", len(plan)):
            handlers = EngineHandlers(workspace.engine, workspace.cloud_name, run)
            outcome = await walk(plan, handlers.table(), run, run.stop, {"container.remove": 8})
        if outcome.problem:
            raise outcome.problem
        if outcome.interrupted:
            raise interrupted()
        sweep(workspace.cloud_name)
        if not keep_data:
            access.remove(workspace.folder)
        return DownResult(True, outcome.count("ok"))


async def _holdings(workspace: Workspace, observed: Observed) -> tuple[tuple[Holding, ...], str]:
    """Return guests, volumes and floating IPs of all projects, or why they cannot be told."""
    keystone = [state for state in observed.containers.values() if state.labels.get(LABEL + "service") == "keystone"]
    if not any(state.status == "running" for state in keystone):
        return (), "keystone does not run"
    try:
        cloud = await shape_of(workspace, observed)
        return await holdings(workspace.api(cloud.api_address, timeout=ASK_SECONDS)), ""
    except Problem as problem:
        return (), problem.summary
