"""A node's fixed address may have been given to a container that somebody attached to the cloud's network."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.container import LABEL
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse containers that are not the cloud's and hold an address of one of its nodes.

    This is what a port in use comes to here: the services listen on these addresses only, never on the machine's own.
    """
    wanted = {
        str(address): node.name
        for node in context.cloud.nodes
        for address in (node.internal, node.external, node.tunnel)
    }
    held = [
        (one, address)
        for one in context.host.objects
        if one.labels.get(LABEL + "cloud") != context.cloud.name
        for address in one.addresses
        if address in wanted
    ]
    if not held:
        return None
    first = held[0][0]
    return Problem(
        code="address-in-use",
        summary="A node's address is in use by a container that is not the cloud's",
        detail="\n".join(
            f"container {one.name} holds {address}, the address of {wanted[address]}" for one, address in held
        ),
        fix=f"Take it off the network: docker rm -f {first.name} (or docker network disconnect NETWORK {first.name})",
        where=f"container {first.name}",
    )


def looked(context: Context) -> str:
    """Name the addresses that must be free."""
    nodes = ", ".join(f"{node.name} {node.internal}, {node.external}, {node.tunnel}" for node in context.cloud.nodes)
    return f"no container of others holds an address of {nodes}"
