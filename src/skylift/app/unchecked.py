"""Wait for containers that nobody has seen ready: a run that was cut off had started them."""

from __future__ import annotations

from skylift.app.known import telling
from skylift.app.run import Run
from skylift.app.situation import Situation
from skylift.execute.handlers import EngineHandlers
from skylift.execute.walk import walk
from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.plan import Operation, Plan


async def wait_for_unchecked(run: Run, situation: Situation) -> None:
    """Wait for each container that was left alone and that the engine has not checked yet.

    A plan is no place for it, since nothing is to be changed; but who called for the cloud may count on all of it.
    Raises Problem for what does not become ready.
    """
    waiting = unchecked(situation.desired, situation.observed, situation.plan)
    if not waiting:
        return
    operations = tuple(
        Operation(
            f"container.ready:{spec.name}", "container.ready", spec.name, "not checked yet", spec.service, payload=spec
        )
        for spec in waiting
    )
    with run.phase("ready", len(operations)):
        engine = EngineHandlers(run.workspace.engine, run.workspace.cloud_name, run)
        outcome = await walk(Plan(situation.plan.cloud, operations), telling(engine.table()), run, run.stop)
    if outcome.problem:
        raise outcome.problem


def unchecked(desired: Desired, observed: Observed, plan: Plan) -> tuple[ContainerSpec, ...]:
    """Return the containers that run, that no operation of ``plan`` acts on, and that were never seen healthy. Pure."""
    touched = {operation.target for operation in plan}
    states = observed.containers
    return tuple(
        spec
        for spec in desired.containers
        if not spec.job
        and spec.name not in touched
        and spec.name in states
        and (states[spec.name].status, states[spec.name].health) == ("running", "starting")
    )
