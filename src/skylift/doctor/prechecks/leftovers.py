"""Interfaces and rules of an earlier cloud of this name that outlived its engine networks break the next one."""

from __future__ import annotations

import re

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse our bridges, and packet filter rules that name them, where the engine knows no such network."""
    known = {one.name for one in context.own_objects if one.kind == "network"}
    orphaned = {network.bridge for network in context.cloud.networks if network.name not in known}
    links = [one.name for one in context.host.interfaces if one.name in orphaned]
    rules = [rule for rule in context.host.rules if orphaned & set(re.findall(r"[\w-]+", rule))]
    if not links and not rules:
        return None
    fix = [f"ip link delete {name}" for name in links]
    if rules:
        # The engine writes all of its rules anew at its start, and takes the strays out only then.
        fix.append("Restart the container engine (systemctl restart docker), which writes its rules anew.")
    return Problem(
        code="leftovers",
        summary="Remains of an earlier cloud are in the way",
        detail="\n".join(
            [f"interface {name} belongs to no network of the engine" for name in links]
            + [f"packet filter rule: {rule}" for rule in rules[:5]]
        ),
        fix="\n".join(fix),
        where=links[0] if links else "packet filter",
    )
