"""Limit a plan to some services, without breaking what depends on them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired, Resource
from skylift.model.naming import kind, short
from skylift.model.plan import Operation, Plan
from skylift.plan.credentials import PASSWORD

PLACES = ("network", "volume")
"""What is made for a container without a word."""


def limit(plan: Plan, services: Iterable[str], desired: Desired) -> Plan:
    """Return the part of ``plan`` that concerns ``services``, widened by what must not be left out; ``notes`` say why.

    Widened by what an operation needs, by those who share a password that changes with it, by the containers of a
    node that is made anew or restarted, and by all that worked with data that are gone.
    """
    wanted = set(services)
    chosen = {operation.id: operation for operation in plan if _services(operation) & wanted}
    ties = _Ties(plan, desired)
    notes: dict[str, str] = {}
    queue = list(chosen.values())
    for operation in queue:  # it grows meanwhile
        for other, why in ties.of(operation):
            if other.id not in chosen:
                chosen[other.id] = other
                queue.append(other)
                if kind(other.action) not in PLACES:
                    notes.setdefault(_called(other), why)
    operations = tuple(
        replace(operation, needs=operation.needs & chosen.keys()) for operation in plan if operation.id in chosen
    )
    targets = {operation.target for operation in operations}
    left = sorted({name for operation in plan if operation.id not in chosen for name in _services(operation) if name})
    told = [f"{what} is included: {why}" for what, why in notes.items()]
    if left:
        told.append(f"left for later: {', '.join(left)}")
    changes = tuple(change for change in plan.changes if change.target in targets)
    return replace(plan, operations=operations, changes=changes, notes=(*plan.notes, *told))


class _Ties:
    """Which operations must not be left out when another one is carried out."""

    def __init__(self, plan: Plan, desired: Desired) -> None:
        self._by_id = {operation.id: operation for operation in plan}
        self._on: dict[str, list[Operation]] = {}
        """The operations on each container."""
        for operation in plan:
            if _on_container(operation):
                self._on.setdefault(operation.target, []).append(operation)
        self._passwords: dict[str, list[str]] = {}
        self._sharers: dict[str, list[str]] = {}
        for change in plan.changes:
            for one in change.inputs:
                if one.name.startswith(PASSWORD):
                    self._passwords.setdefault(change.target, []).append(one.name)
                    self._sharers.setdefault(one.name, []).append(change.target)
        self._specs: Mapping[str, ContainerSpec] = {spec.name: spec for spec in desired.containers}
        self._beside: dict[str, list[tuple[str, str]]] = {}
        names = {(spec.node, spec.short): spec.name for spec in desired.containers}
        new = {operation.target for operation in plan if operation.action == "volume.create"}
        for spec in desired.containers:
            self._tie(spec, names, new)

    def _tie(self, spec: ContainerSpec, names: Mapping[tuple[str, str], str], new: set[str]) -> None:
        """Note whose operations draw those on ``spec`` along."""
        if spec.name not in self._on:
            return
        if spec.network.startswith("container:"):
            self._add(spec.network.removeprefix("container:"), spec.name, "its node is made anew or restarted")
        for one, _ in spec.followed:
            self._add(names.get((spec.node, one), ""), spec.name, f"it follows {one}")
        for volume in _volumes(spec) & new:
            self._add(volume, spec.name, "its volume is made anew")
        if spec.job and new:
            for before in self._behind(spec.name):
                for volume in _volumes(self._specs[before]) & new:
                    self._add(volume, spec.name, "the data it had prepared are gone")

    def _add(self, target: str, other: str, why: str) -> None:
        self._beside.setdefault(target, []).append((other, why))

    def of(self, operation: Operation) -> Iterator[tuple[Operation, str]]:
        """Yield the operations that belong to ``operation``, each with the reason."""
        name = short(operation.target)
        for other in self._on[operation.target] if _on_container(operation) else ():
            yield other, "it is one work with the rest of it"
        # Each password is followed once: all who share it are drawn along.
        for password in self._passwords.pop(operation.target, ()):
            for target in self._sharers.pop(password, ()):
                for other in self._on.get(target, ()):
                    yield other, f"{password.removeprefix(PASSWORD)} changes for all who use it"
        for target, why in self._beside.pop(operation.target, ()):
            for other in self._on.get(target, ()):
                yield other, why
        for need in sorted(operation.needs & self._by_id.keys()):
            yield self._by_id[need], f"{name} needs it"

    def _behind(self, name: str) -> set[str]:
        seen: set[str] = set()
        queue = [name]
        while queue:
            for before in self._specs[queue.pop()].after:
                if before in self._specs and before not in seen:
                    seen.add(before)
                    queue.append(before)
        return seen


def _on_container(operation: Operation) -> bool:
    return kind(operation.action) in ("container", "job")


def _called(operation: Operation) -> str:
    """Return what an operation is called: a container by its service and name, all else by what it is."""
    name = short(operation.target)
    return f"{operation.service}: {name}" if _on_container(operation) else f"{kind(operation.action)} {name}"


def _volumes(spec: ContainerSpec) -> set[str]:
    return {mount.source for mount in spec.mounts if mount.kind == "volume"}


def _services(operation: Operation) -> set[str]:
    """Return the services an operation belongs to: an initial resource to those whose APIs it needs."""
    if isinstance(operation.payload, Resource):
        return {name for name in operation.payload.after if "/" not in name}
    return {operation.service}
