"""On a node that is a host, services listen on the machine's own ports, where something else may be already."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem

ANY = "0.0.0.0"  # noqa: S104 - compared with, nothing is bound
SHOWN = 20


def check(context: Context) -> Problem | None:
    """Refuse ports in use where a host's services are to listen. Contained nodes have ports of their own.

    Whether somebody holds a contained node's address is looked at by ``addresses``; whether a setting takes the port
    of another service, when the settings are read.
    """
    if context.own_objects:
        return None  # What listens is the cloud itself.
    taken = [
        (node, one)
        for node in context.hosts
        for one in context.host.listening
        if one.port in context.ports and one.address in (ANY, node.address)
    ]
    if not taken:
        return None
    first = taken[0][1].port
    return Problem(
        code="port-in-use",
        summary="A port that a service needs is in use",
        detail="\n".join(f"{node.name}: something listens on {one.address}:{one.port}" for node, one in taken[:SHOWN]),
        fix=f"See who it is, and stop it: ss -ltnp 'sport = :{first}'",
        where=f"port {first}",
    )


def looked(context: Context) -> str:
    """Count what listens here."""
    count = len(context.host.listening)
    if context.hosts:
        return f"{len(context.ports)} ports of services against {count} that are listened on"
    return f"ports of the machine that are listened on: {count}; contained nodes have their own"
