"""Complete a plan for its reader: what is in the files now, and how long things took before."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

from skylift.app.estimates import durations_of
from skylift.app.workspace import Workspace
from skylift.desired.containers import CONFIG
from skylift.engines.files import read_file, read_folder
from skylift.model.container import LABEL, ContainerState
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.plan.explain import explain
from skylift.plan.outlook import outlook


async def explained(workspace: Workspace, observed: Observed, desired: Desired, plan: Plan) -> Plan:
    """Return the plan with the reason of each change of a file, its diff, and what carrying it out will be like."""
    changed = [change.target for change in plan.changes if change.files]
    texts, durations = await asyncio.gather(
        asyncio.gather(*(_files_of(workspace, observed.containers[name]) for name in changed)),
        asyncio.to_thread(durations_of, workspace.cloud_name),
    )
    plan = explain(plan, desired, dict(zip(changed, texts, strict=True)), workspace.mask)
    return replace(plan, outlook=outlook(plan, desired, durations))


async def _files_of(workspace: Workspace, state: ContainerState) -> dict[str, str]:
    """Return the configuration files of a container as given to it; of those edited in use, as they are in use."""
    texts = await read_folder(workspace.engine, state.name, CONFIG)
    dests = json.loads(state.labels.get(LABEL + "dests", "{}"))
    for path in state.edited:
        there = await read_file(workspace.engine, state.name, dests[path])
        texts |= {} if there is None else {path: there}
    return texts
