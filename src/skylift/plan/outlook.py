"""What carrying out a plan is like: how long it takes, what does not answer meanwhile, what guests notice. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from skylift.model.desired import Desired
from skylift.model.naming import short
from skylift.model.plan import Interruption, Outlook, Plan

Durations = Mapping[tuple[str, str], float]
"""Seconds that an action on a target took in earlier runs, by action and the target's short name."""

USUAL = {
    "container.create": 0.3,
    "container.start": 0.5,
    "container.ready": 5.0,
    "container.reload": 0.5,
    "container.stop": 2.0,
    "container.remove": 2.0,
    "job.run": 5.0,
    "resource.ensure": 2.0,
}
"""Seconds of an action that was never seen on its target; others take half a second."""

DOWN = ("container.stop", "container.remove")


def outlook(plan: Plan, desired: Desired, durations: Durations) -> Outlook:
    """Return what to expect of ``plan``, whose operations are in an order that respects their needs.

    Operations begin when all they need is done. Their durations come from runs in which as many ran side by side.
    """
    begin: dict[str, float] = {}
    end: dict[str, float] = {}
    known = 0
    for operation in plan:
        key = (operation.action, short(operation.target))
        known += key in durations
        begin[operation.id] = max((end.get(need, 0.0) for need in operation.needs), default=0.0)
        end[operation.id] = begin[operation.id] + durations.get(key, USUAL.get(operation.action, 0.5))
    specs = {spec.name: spec for spec in desired.containers}
    down: dict[str, float] = {}
    up: dict[str, float] = {}
    for operation in plan:
        if operation.action in DOWN:
            down[operation.target] = begin[operation.id]
        elif operation.action in ("container.ready", "container.start"):
            up[operation.target] = max(up.get(operation.target, 0.0), end[operation.id])
    interruptions: dict[str, Interruption] = {}
    guests: list[str] = []
    for target, since in down.items():
        spec = specs.get(target)
        if spec is None or target not in up:
            continue
        seconds = up[target] - since
        if spec.guests and spec.guests not in guests:
            guests.append(spec.guests)
        before = interruptions.get(spec.outage)
        if spec.outage and (before is None or before.seconds < seconds):
            interruptions[spec.outage] = Interruption(spec.outage, short(target), seconds)
    return Outlook(
        seconds=max(end.values(), default=0.0),
        known=known / len(plan) if len(plan) else 0.0,
        interruptions=tuple(sorted(interruptions.values(), key=lambda one: -one.seconds)),
        guests=tuple(guests),
        gone=tuple(f"the {one.payload.type} API" for one in plan if one.action == "endpoint.remove"),
    )
