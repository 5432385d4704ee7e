"""Make the plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from skylift.model.container import LABEL
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.plan import Change, Operation, Plan
from skylift.plan.apis import api_operations
from skylift.plan.compare import changed_inputs
from skylift.plan.containers import ContainerPlanner
from skylift.plan.retired import Retirement, retire


def make(desired: Desired, observed: Observed) -> Plan:
    """Return the operations that lead from ``observed`` to ``desired``, in an order that respects their needs.

    Raises graphlib.CycleError when the declarations need each other in a circle.
    """
    operations = _places(desired, observed)
    planner = ContainerPlanner(desired, observed, frozenset(operation.id for operation in operations))
    containers = planner.operations()
    cleared = planner.cleared()
    operations = [replace(one, needs=cleared.get(one.id, one.needs)) for one in operations]
    apis = api_operations(desired, observed, planner)
    operations += planner.with_catalogue(containers, tuple(operation.id for operation in apis.catalogue))
    retirement = retire(desired, observed, planner)
    operations = [replace(one, needs=one.needs | retirement.first) for one in operations]
    operations += apis.catalogue + apis.resources + retirement.operations
    needed = {need for operation in operations for need in operation.needs}
    operations += [operation for operation in planner.awaited() if operation.id in needed]
    unwanted = _unwanted(desired, observed, retirement)
    changes = _changes(planner, observed, unwanted)
    changed = {change.service for change in changes}
    notes = tuple(line for service, line in desired.notes if service in changed)
    return Plan(desired.cloud.name, _ordered(operations + unwanted), changes, notes=notes)


def _places(desired: Desired, observed: Observed) -> list[Operation]:
    """Return the operations that make what containers are placed on: networks and volumes."""
    networks = [
        Operation(
            id=f"network.create:{network.name}",
            action="network.create",
            target=network.name,
            cause="it is not there",
            service="node",
            payload=network,
        )
        for network in desired.cloud.networks
        if network.name not in observed.networks
    ]
    volumes = [
        Operation(
            id=f"volume.create:{volume}",
            action="volume.create",
            target=volume,
            cause="it is not there",
            service="node",
            payload=volume in desired.data_volumes,
        )
        for volume in desired.volumes
        if volume not in observed.volumes
    ]
    return networks + volumes


def _changes(planner: ContainerPlanner, observed: Observed, unwanted: list[Operation]) -> tuple[Change, ...]:
    """Return what happens to each container, for those who read the plan."""
    changes = [
        Change(
            target=name,
            service=planner.specs[name].service,
            verdict=finding.verdict,
            causes=finding.causes or (finding.cause,),
            files=finding.files,
            inputs=changed_inputs(planner.specs[name], observed.containers.get(name)),
        )
        for name, finding in planner.findings.items()
        if finding.verdict != "keep"
    ]
    gone = [Change(one.target, one.service, "remove", (one.cause,)) for one in unwanted]
    return tuple(changes + gone)


def _unwanted(desired: Desired, observed: Observed, retirement: Retirement) -> list[Operation]:
    wanted = {spec.name for spec in desired.containers}
    unwanted = {name: state for name, state in sorted(observed.containers.items()) if name not in wanted}
    services = {name: state.labels.get(LABEL + "service", "") for name, state in unwanted.items()}
    return [
        Operation(
            id=f"container.remove:{name}",
            action="container.remove",
            target=name,
            cause=retirement.causes.get(service, "nothing in the settings asks for it"),
            service=service,
            needs=retirement.before.get(service, frozenset()),
            payload=retirement.graces.get(name, 10),
        )
        for name, service in services.items()
    ]


@dataclass(slots=True)
class _Step:
    """An operation, how many it still waits for, and who waits for it."""

    operation: Operation
    missing: int = 0
    waiting: list[_Step] = field(default_factory=list)


def _ordered(operations: list[Operation]) -> tuple[Operation, ...]:
    """Return the operations in an order that respects their needs: the same for the same operations."""
    steps = {operation.id: _Step(operation) for operation in operations}
    for step in steps.values():
        for need in step.operation.needs:
            if (before := steps.get(need)) is not None:
                step.missing += 1
                before.waiting.append(step)
    order = [step for step in steps.values() if not step.missing]
    for step in order:  # it grows meanwhile
        for other in step.waiting:
            other.missing -= 1
            if not other.missing:
                order.append(other)
    if len(order) < len(steps):
        TopologicalSorter({operation.id: operation.needs for operation in operations}).prepare()
    return tuple(step.operation for step in order)
