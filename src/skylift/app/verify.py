"""Use case: prove that the cloud works."""

from __future__ import annotations

import asyncio

from skylift.app.run import Run, start
from skylift.app.situation import shape_of
from skylift.app.workspace import Workspace
from skylift.desired.build import NODE_IMAGE
from skylift.desired.resources import PROOF_FLAVOR
from skylift.model.cloud import Cloud
from skylift.model.event import Sink
from skylift.model.problem import Problem
from skylift.model.proof import Report
from skylift.observed.engine import observe
from skylift.openstack.proofs import ProofContext
from skylift.openstack.proofs import verify as run_proofs


async def verify(workspace: Workspace, sink: Sink, keep: bool = False, *, stop: asyncio.Event | None = None) -> Report:
    """Run every proof of the enabled services against the running cloud. Raises Problem ``no-cloud``."""
    observed = await observe(workspace.engine, workspace.cloud_name)
    if not observed.containers:
        raise no_cloud(workspace)
    cloud = await shape_of(workspace, observed)
    with start(workspace, "verify", sink, stop) as run, run.phase("verify"):
        return await prove(workspace, cloud, run, keep=keep)


async def prove(workspace: Workspace, cloud: Cloud, run: Run, *, keep: bool = False) -> Report:
    """Run the proofs against ``cloud`` and return their report. A stop of the run ends them, and cleans up."""
    context = ProofContext(
        api=workspace.api(cloud.api_address, patience=30.0),
        engine=workspace.engine,
        cloud=cloud,
        services=frozenset(service.name for service in workspace.enabled),
        probe_image=workspace.source.reference(NODE_IMAGE.name),
        external_subnet=cloud.network("external").subnet,
        flavor=PROOF_FLAVOR,
        dashboard_port=workspace.settings.horizon_port,
    )
    report = await run_proofs(context, run, keep, stop=run.stop)
    run.check_stop()
    return report


def no_cloud(workspace: Workspace) -> Problem:
    """Return the Problem of a command that needs a cloud where there is none."""
    return Problem(
        code="no-cloud",
        summary="There is no cloud on this engine",
        detail=f"no container is labelled as belonging to {workspace.cloud_name!r}",
        fix="Run 'skylift up'.",
    )
