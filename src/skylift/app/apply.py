"""Use case: carry out the plan."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from skylift.app import access
from skylift.app.explained import explained
from skylift.app.guest_files import GuestFiles, sweep
from skylift.app.history_record import desired_document
from skylift.app.images import look_at_images, provide
from skylift.app.known import telling
from skylift.app.machine import check, find_out
from skylift.app.plan_file import PlanFile
from skylift.app.reports import contents
from skylift.app.run import Run, interrupted, start
from skylift.app.shape import known_machine
from skylift.app.situation import Situation, look
from skylift.app.unchecked import wait_for_unchecked
from skylift.app.workspace import Workspace
from skylift.desired.build import GUEST_IMAGE
from skylift.doctor.prechecks.run import refuse
from skylift.execute.handlers import LIMITS, EngineHandlers
from skylift.execute.walk import walk
from skylift.model.event import Notice, PlanMade, Sink
from skylift.model.plan import Plan
from skylift.model.problem import Problem
from skylift.openstack.handlers import ApiHandlers
from skylift.plan.text import text

PATIENCE = 60.0
"""Seconds an API may refuse connections after its port was ready (another worker starting, a late migration)."""


@dataclass(frozen=True)
class ApplyResult:
    """``changed`` operations were carried out; ``confirmed`` is False when the user said no."""

    confirmed: bool
    changed: int


async def apply(
    workspace: Workspace,
    sink: Sink,
    confirm: Callable[[Plan], bool],
    *,
    only: tuple[str, ...] = (),
    planned: PlanFile | None = None,
    stop: asyncio.Event | None = None,
) -> ApplyResult:
    """Check, provide images, plan, ask, execute. Raises Problem when something failed or the user stopped it.

    ``only`` limits the plan to these services; ``planned`` refuses any plan but that of the file.
    """
    with start(workspace, "apply", sink, stop) as run:
        situation = await prepare(run, planned.only if planned else only)
        if planned is not None:
            planned.check(situation)
        if not (situation.plan.empty or confirm(situation.plan)):
            return ApplyResult(False, 0)
        return ApplyResult(True, await execute(run, situation))


async def prepare(run: Run, only: tuple[str, ...] = ()) -> Situation:
    """Carry out the phases before anything is changed: checks, images, plan. ``only`` limits it to these services."""
    workspace = run.workspace
    with run.phase("plan"):
        situation = await look(workspace, why=False, only=only, lenient=True)
    told = situation.notices
    for notice in told:
        run(notice)
    if situation.settled:
        return situation
    with run.phase("checks"):
        findings = await check(workspace, situation)
        for warning in (warning for finding in findings for warning in finding.warnings):
            run(Notice(f"{warning.summary}: {warning.detail.splitlines()[0]}", "warning", warning.where))
        refuse(findings)
    complete, seen = situation.images.complete, situation
    if not complete:
        with run.phase("images"):
            await provide(workspace, situation.images, run)
    with run.phase("machine"):
        if complete and known_machine(seen.observed) is not None:
            # Nothing is to be learnt that was not seen a moment ago.
            plan = (
                await explained(workspace, seen.observed, seen.desired, seen.plan) if not seen.plan.empty else seen.plan
            )
            situation = replace(seen, plan=plan)
        else:
            images = await look_at_images(workspace)
            machine = await find_out(workspace, situation, images, run)
            situation = await look(workspace, machine, only=only)
    # Which options a program knows is written in its image.
    for notice in situation.notices:
        if notice not in told:
            run(notice)
    run.journal.plan(situation.plan, text(situation.plan))
    return situation


async def execute(run: Run, situation: Situation) -> int:
    """Carry out the plan and return the number of operations. Raises Problem for what failed.

    The credentials are written first: with them a half-made cloud can be looked into. But while keystone still has
    another password, the old ones work, and the new ones are written as soon as it has been set.
    """
    plan, workspace = situation.plan, run.workspace
    sweep(workspace.cloud_name)
    run.journal.desired(desired_document(workspace, situation.desired))
    address = situation.cloud.api_address
    if not situation.observed.refused:
        access.write(workspace.folder, workspace.cloud_name, workspace.credentials(address))
    if plan.empty:
        await wait_for_unchecked(run, situation)
        return 0
    run(PlanMade(tuple(operation.as_dict() for operation in plan)))
    with run.phase("apply", len(plan)):
        engine = EngineHandlers(workspace.engine, workspace.cloud_name, run)
        with GuestFiles(
            workspace.engine, situation.images.reference(GUEST_IMAGE.name)[0], workspace.cloud_name
        ) as files:
            apis = ApiHandlers(
                lambda: workspace.api(address, patience=PATIENCE),
                files.fetch,
                partial(contents, workspace.engine, workspace.cloud_name, workspace.declared),
            )
            outcome = await walk(plan, telling({**engine.table(), **apis.table()}), run, run.stop, LIMITS)
    if any(outcome.states.get(step) == "ok" for step in situation.login_steps):
        access.write(workspace.folder, workspace.cloud_name, workspace.credentials(address))
    if outcome.problem:
        raise outcome.problem
    if outcome.interrupted:
        raise interrupted()
    if not outcome.ok:
        raise Problem("plan-incomplete", "Not every operation was carried out", str(outcome.states))
    await wait_for_unchecked(run, situation)
    return outcome.count("ok")
