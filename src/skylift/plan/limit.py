"""Limit a plan to some services, without breaking what depends on them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired, Resource
from skylift.model.naming import short
from skylift.model.plan import Operation, Plan


def limit(plan: Plan, services: Iterable[str], desired: Desired) -> Plan:
    """Return the part of ``plan`` that concerns ``services``, widened by what must not be left out; ``notes`` say why.

    Widened by what an operation needs, by those who share a password that changes with it, and by the containers of a
    node whose network is made anew.
    """
    by_id = {operation.id: operation for operation in plan}
    specs = {spec.name: spec for spec in desired.containers}
    wanted = set(services)
    chosen = {operation.id for operation in plan if _services(operation) & wanted}
    notes: dict[str, str] = {}

    def take(operation: Operation, why: str) -> None:
        if operation.id not in chosen:
            chosen.add(operation.id)
            notes.setdefault(f"{operation.service or operation.action}: {short(operation.target)}", why)

    grown = -1
    while grown != len(chosen):
        grown = len(chosen)
        for identity in sorted(chosen):
            for need in sorted(by_id[identity].needs & by_id.keys()):
                take(by_id[need], f"{short(by_id[identity].target)} needs it")
        targets = {by_id[identity].target for identity in chosen}
        passwords = _passwords(plan, targets)
        followed = {(spec.node, spec.short) for spec in desired.containers if spec.name in targets}
        for operation in plan:
            spec = specs.get(operation.target)
            shared = sorted(passwords & _passwords(plan, {operation.target}))
            if operation.target in targets:
                take(operation, "it is one work with the rest of it")
            elif shared:
                take(operation, f"{shared[0]} changes for all who use it")
            elif spec is not None and spec.network.removeprefix("container:") in targets and spec.service != "node":
                take(operation, "its node is made anew")
            elif spec is not None and _follows(spec, followed):
                take(operation, f"it follows {', '.join(name for name, _ in spec.followed)}")
    operations = tuple(
        replace(operation, needs=operation.needs & chosen) for operation in plan if operation.id in chosen
    )
    targets = {operation.target for operation in operations}
    left = sorted({name for operation in plan if operation.id not in chosen for name in _services(operation) if name})
    told = [f"{what} is included: {why}" for what, why in notes.items()]
    if left:
        told.append(f"left for later: {', '.join(left)}")
    changes = tuple(change for change in plan.changes if change.target in targets)
    return replace(plan, operations=operations, changes=changes, notes=(*plan.notes, *told))


def _passwords(plan: Plan, targets: set[str]) -> set[str]:
    return {
        one.name.removeprefix("password ")
        for change in plan.changes
        if change.target in targets
        for one in change.inputs
        if one.name.startswith("password ")
    }


def _follows(spec: ContainerSpec, changed: set[tuple[str, str]]) -> bool:
    return any((spec.node, name) in changed for name, _ in spec.followed)


def _services(operation: Operation) -> set[str]:
    """Return the services an operation belongs to: an initial resource to those whose APIs it needs."""
    if isinstance(operation.payload, Resource):
        return {name for name in operation.payload.after if "/" not in name}
    return {operation.service}
