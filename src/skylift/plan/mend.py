"""Repairs that a diagnosis proposes, as operations beside those of the plan. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.naming import short
from skylift.model.plan import Change, Operation, Plan
from skylift.model.remedy import Remedy


def mend(plan: Plan, desired: Desired, remedies: Iterable[Remedy]) -> Plan:
    """Return ``plan`` with the operations of ``remedies``. A container that the plan acts on already needs no more.

    What is restarted starts when all that it waits for, and that is restarted or started as well, is ready.
    """
    specs = {short(spec.name): spec for spec in desired.containers}
    touched = {operation.target for operation in plan}
    wanted: dict[str, tuple[ContainerSpec, Remedy]] = {}
    others: list[Operation] = []
    for remedy in remedies:
        spec = specs.get(remedy.target)
        if remedy.kind == "enable":
            others.append(_enable(remedy))
        elif spec is not None and remedy.kind == "run":
            others.append(_run(spec, remedy, len(others)))
        elif spec is not None and spec.name not in touched:
            wanted.setdefault(spec.name, (spec, remedy))
    operations = [
        operation
        for spec, remedy in wanted.values()
        for operation in (_repeat(spec, remedy) if spec.job else _restart(spec, remedy))
    ]
    known = {operation.id for operation in (*plan, *operations)}
    operations = [replace(one, needs=one.needs & known) for one in operations]
    others = [replace(one, needs=one.needs & known) for one in others]
    changes = tuple(
        Change(spec.name, spec.service, "restart", (remedy.why,)) for spec, remedy in wanted.values() if not spec.job
    )
    return replace(plan, operations=_in_order([*plan, *operations, *others]), changes=(*plan.changes, *changes))


def _ready(names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{action}:{name}" for name in names for action in ("container.ready", "job.run"))


def _restart(spec: ContainerSpec, remedy: Remedy) -> list[Operation]:
    stop, start, ready = (f"container.{verb}:{spec.name}" for verb in ("stop", "start", "ready"))
    before = _ready(spec.after)
    return [
        Operation(stop, "container.stop", spec.name, remedy.why, spec.service, before, spec.grace),
        Operation(start, "container.start", spec.name, remedy.why, spec.service, before | {stop}, spec),
        Operation(ready, "container.ready", spec.name, remedy.why, spec.service, frozenset({start}), spec),
    ]


def _repeat(spec: ContainerSpec, remedy: Remedy) -> list[Operation]:
    """Return the operation that has a job that has ended run once more: jobs are safe to repeat."""
    return [Operation(f"job.run:{spec.name}", "job.run", spec.name, remedy.why, spec.service, _ready(spec.after), spec)]


def _run(spec: ContainerSpec, remedy: Remedy, number: int) -> Operation:
    identity = f"container.run:{spec.name}:{number}"
    payload = (spec.name, remedy.command)
    return Operation(identity, "container.run", spec.name, remedy.why, spec.service, _ready([spec.name]), payload)


def _enable(remedy: Remedy) -> Operation:
    name = f"{remedy.service}/{remedy.command[0]}" if remedy.command else remedy.service
    payload = (remedy.service, remedy.target, remedy.command[0] if remedy.command else "")
    return Operation(
        f"agent.enable:{remedy.service}:{remedy.target}", "agent.enable", name, remedy.why, remedy.service,
        payload=payload,
    )  # fmt: skip


def _in_order(operations: list[Operation]) -> tuple[Operation, ...]:
    """Return the operations with each after those it needs."""
    by_id = {operation.id: operation for operation in operations}
    order = Plan("", tuple(operations)).sorter().static_order()
    return tuple(by_id[identity] for identity in order if identity in by_id)
