"""Something else may have a name that the cloud needs; it is not Skylift's to remove."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.container import LABEL
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse containers, networks and volumes with the cloud's names and without its label."""
    wanted = {
        "container": context.containers | {node.container for node in context.cloud.nodes},
        "network": frozenset(network.name for network in context.cloud.networks),
        "volume": context.volumes,
    }
    foreign = [
        one
        for one in context.host.objects
        if one.name in wanted.get(one.kind, ()) and one.labels.get(LABEL + "cloud") != context.cloud.name
    ]
    if not foreign:
        return None
    first = foreign[0]
    remove = {"container": "docker rm -f", "network": "docker network rm", "volume": "docker volume rm"}[first.kind]
    return Problem(
        code="name-in-use",
        summary="A name that the cloud needs belongs to something else",
        detail="\n".join(f"{one.kind} {one.name} is not of cloud {context.cloud.name}" for one in foreign[:10]),
        fix=f"If nothing needs it: {remove} {first.name}\nElse set another skylift_cloud_name in globals.yml.",
        where=f"{first.kind} {first.name}",
    )


def looked(context: Context) -> str:
    """Count the names and what was compared with them."""
    names = len(context.containers) + len(context.volumes) + len(context.cloud.networks) + len(context.cloud.nodes)
    return f"{names} names of cloud {context.cloud.name} against {len(context.host.objects)} things on the engine"
