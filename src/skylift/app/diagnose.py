"""Use case: what is wrong with the cloud, why, and what to do; and the repairs that are safe."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from skylift.app.apply import ApplyResult, execute, prepare
from skylift.app.explained import explained
from skylift.app.reports import reports
from skylift.app.run import start
from skylift.app.situation import Survey, planned, survey
from skylift.app.verify import no_cloud
from skylift.app.workspace import Workspace
from skylift.doctor.diagnose import Branch, Diagnosis, diagnose
from skylift.model.event import Sink
from skylift.model.finding import Evidence, Finding
from skylift.model.naming import kind, short
from skylift.model.patient import Patient, Report, Unread
from skylift.model.patient_cloud import Drift
from skylift.model.plan import AWAITED, Plan
from skylift.model.problem import Problem, Problems
from skylift.observed.patient import Bed, examine
from skylift.observed.patient.bed import by_short
from skylift.observed.patient.examine import UNREADABLE, reason
from skylift.openstack.client import Api
from skylift.plan.mend import mend
from skylift.plan.text import text

API_SECONDS = 5.0
DRIFT_SECONDS = 6.0
ENGINE_PROBLEMS = ("engine-missing", "engine-permission", "engine-unreachable", "engine-lost", "no-cloud")


@dataclass(frozen=True)
class Checkup:
    """What was seen, and what it means. ``patient`` is None where nothing could be looked at at all."""

    diagnosis: Diagnosis
    patient: Patient | None = None
    seconds: float = 0.0


async def checkup(config: Path | None) -> Checkup:
    """Look at the cloud of a configuration folder. Raises Problem for settings that cannot be read.

    An engine that does not answer, and a cloud that is not there, are findings.
    """
    began = time.monotonic()
    try:
        async with Workspace.open(config) as workspace:
            return await look(workspace, began)
    except Problem as problem:
        if isinstance(problem, Problems) or problem.code not in ENGINE_PROBLEMS:
            raise
        return Checkup(Diagnosis((Branch(_finding(problem)),)), None, time.monotonic() - began)


async def look(workspace: Workspace, began: float) -> Checkup:
    """Look at all parts of the cloud side by side, and judge. Raises Problem ``no-cloud``."""
    seen = await survey(workspace)
    if not seen.observed.containers:
        raise no_cloud(workspace)
    api = workspace.api(seen.desired.cloud.api_address, timeout=API_SECONDS)
    bed = _bed(workspace, seen, api)
    try:
        patient, (drift, unread), said = await asyncio.gather(
            examine(bed),
            _drift(workspace, seen, bed),
            reports(workspace.engine, seen.observed.containers.values(), workspace.enabled),
        )
    finally:
        bed.pool.shutdown(wait=False, cancel_futures=True)
        api.close()
    patient = replace(
        patient,
        drift=drift,
        unread=patient.unread + unread,
        reports=tuple(Report(name, name, well, line) for name, (well, line) in said.items()),
    )
    return Checkup(masked(diagnose(patient), workspace.mask), patient, time.monotonic() - began)


def masked(diagnosis: Diagnosis, mask: Callable[[str], str]) -> Diagnosis:
    """Return the diagnosis with passwords hidden in what was read: logs, statements, answers."""

    def one(found: Finding) -> Finding:
        evidence = tuple(replace(seen, text=mask(seen.text)) for seen in found.evidence)
        return replace(found, cause=mask(found.cause), evidence=evidence, fix=mask(found.fix))

    return replace(
        diagnosis,
        branches=tuple(
            Branch(one(branch.cause), tuple(map(one, branch.consequences))) for branch in diagnosis.branches
        ),
    )


async def mend_cloud(
    workspace: Workspace,
    sink: Sink,
    confirm: Callable[[Plan], bool],
    diagnosis: Diagnosis,
    *,
    stop: asyncio.Event | None = None,
) -> ApplyResult:
    """Plan what puts the cloud right and is safe, ask, carry it out. Raises Problem as ``apply`` does.

    That is what ``apply`` would do, and the remedies of ``diagnosis``. Nothing is asked where nothing is to be done.
    """
    with start(workspace, "doctor", sink, stop) as run:
        situation = await prepare(run)
        plan = mend(situation.plan, situation.desired, diagnosis.remedies)
        if plan != situation.plan:
            plan = await explained(workspace, situation.observed, situation.desired, plan)
            run.journal.plan(plan, text(plan))
        if plan.empty:
            return ApplyResult(True, 0)
        if not confirm(plan):
            return ApplyResult(False, 0)
        return ApplyResult(True, await execute(run, replace(situation, plan=plan)))


def _bed(workspace: Workspace, seen: Survey, api: Api) -> Bed:
    return Bed(
        engine=workspace.engine,
        api=api,
        cloud=seen.desired.cloud,
        services=workspace.enabled,
        specs=by_short({spec.name: spec for spec in seen.desired.containers}),
        states=by_short(seen.observed.containers),
        password=workspace.secret,
        bridge=workspace.settings.neutron_bridge_name,
        now=time.time(),
    )


async def _drift(workspace: Workspace, seen: Survey, bed: Bed) -> tuple[tuple[Drift, ...], tuple[Unread, ...]]:
    """Return what is not as the settings say; keystone's part only when it lets us in."""
    await asyncio.wait([bed.entry])
    ask = bed.entry.exception() is None
    try:
        async with bed.patience.limit(DRIFT_SECONDS):
            situation = await planned(workspace, seen, why=False, ask=ask)
    except UNREADABLE as error:
        return (), (Unread("drift", "skylift plan", reason(error)),)
    return drift_of(situation.plan, {service.name for service in workspace.declared}), ()


def drift_of(plan: Plan, services: Container[str]) -> tuple[Drift, ...]:
    """Return the changes of a plan: of containers of these services and of nodes, and of what is behind the APIs.

    What else bears the cloud's label helps a command that runs just now (the probe of ``verify``).
    """
    containers = [
        Drift(short(one.target), one.service, one.verdict, one.causes)
        for one in plan.changes
        if one.causes and (one.service in services or one.service == "node")
    ]
    entries = [
        Drift(one.target, one.service, "ensure", (one.cause,), kind(one.action))
        for one in plan
        if one.action.endswith(".ensure") and one.cause != AWAITED
    ]
    return (*containers, *entries)


def _finding(problem: Problem) -> Finding:
    evidence = (Evidence(line, problem.where) for line in problem.detail.splitlines()[:3])
    return Finding(problem.code, "error", problem.summary, problem.detail, tuple(evidence), problem.fix, problem.where)


def looked_at(patient: Patient) -> Iterable[str]:
    """Yield what was looked at, in words with their numbers."""
    running = [one for one in patient.containers if not one.job]
    yield f"{len(running)} containers"
    yield from (name for name, part in _single(patient) if part)
    for number, word in (
        (len(patient.apis), "API"),
        (len(patient.agents), "agent"),
        (len(patient.providers), "hypervisor"),
        (len(patient.guests), "guest"),
    ):
        if number:
            yield f"{number} {word}{'s' if number > 1 else ''}"
    yield from (one.service for one in patient.reports)


def _single(patient: Patient) -> Iterable[tuple[str, object]]:
    yield "machine", patient.machine
    yield "database", patient.database
    yield "message broker", patient.broker
    yield "cache", patient.cache
    yield "keystone", patient.identity
    yield "virtual networks", patient.network
    yield "virtual switch", patient.switch
