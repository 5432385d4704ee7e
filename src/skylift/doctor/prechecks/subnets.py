"""The cloud's networks must not cover addresses that the machine needs for something else."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse networks still to be made that collide with a range in use.

    Networks that are there already passed when they were made; what came later is not held against them.
    """
    known = {one.name for one in context.own_objects if one.kind == "network"}
    hits = [
        (network, range_)
        for network in context.cloud.networks
        if network.name not in known
        for range_ in context.host.taken
        if range_.network.overlaps(network.subnet)
    ]
    if not hits:
        return None
    first = hits[0][0]
    return Problem(
        code="subnet-in-use",
        summary="A network of the cloud covers addresses that are in use",
        detail="\n".join(
            f"the {network.purpose} network {network.subnet} collides with {range_.network} ({range_.what})"
            for network, range_ in hits
        ),
        fix=f"Set skylift_{first.purpose}_cidr in globals.yml to a free subnet, or leave it out and Skylift chooses.",
        where=context.where.get(first.purpose, ""),
    )
