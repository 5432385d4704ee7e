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


def warn(context: Context) -> tuple[Problem, ...]:
    """Tell of networks that are there and collide with what came later, and of guests' subnets.

    A network that is there works; what came later is hard to reach from this machine. A guests' subnet is behind a
    router and is in nobody's way here, but its guests cannot reach what has the same addresses outside.
    """
    known = {one.name for one in context.own_objects if one.kind == "network"}
    pairs = [
        (f"the {network.purpose} network {network.subnet}", network.subnet, network.purpose)
        for network in context.cloud.networks
        if network.name in known
    ]
    pairs += [(f"guests on {subnet} ({key})", subnet, key) for key, subnet in context.guest_networks.items()]
    hits = [
        (what, range_, key)
        for what, subnet, key in pairs
        for range_ in context.host.taken
        if range_.network.overlaps(subnet)
    ]
    if not hits:
        return ()
    return (
        Problem(
            code="subnet-hidden",
            summary="Addresses in use have the same numbers as a network of the cloud",
            detail="\n".join(f"{what} cannot reach {range_.network} ({range_.what})" for what, range_, _ in hits),
            fix="Where that is wanted, give one of the two another subnet.",
            where=context.where.get(hits[0][2], ""),
        ),
    )


def looked(context: Context) -> str:
    """Name the networks and count what they were compared with."""
    networks = ", ".join(f"{network.purpose} {network.subnet}" for network in context.cloud.networks)
    return f"{networks} against {len(context.host.taken)} routes, networks, resolvers and mirrors in use"
