"""The external interface of a node that is a host becomes part of a bridge: whatever came in by it is cut off."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.host import HostNode, Interface
from skylift.model.problem import Problem


def obstacles(node: HostNode, context: Context) -> list[str]:
    """Return why a host's external interface must not be taken."""
    found = {one.name: one for one in context.host.interfaces}.get(node.external)
    if found is None:
        names = ", ".join(one.name for one in context.host.interfaces) or "none"
        return [f"there is no interface {node.external}; there are {names}"]
    reasons = [f"{node.external} has the address {address}" for address in found.addresses]
    if node.external in (context.host.default_routes or ()):
        reasons.append(f"the default route leaves by {node.external}")
    if _ssh(found, context.host.ssh):
        reasons.append(f"this ssh session came in by {node.external}")
    return reasons


def _ssh(interface: Interface, address: str) -> bool:
    return bool(address) and address in {one.partition("/")[0] for one in interface.addresses}


def check(context: Context) -> Problem | None:
    """Refuse an external interface with an address, with a default route, or that this ssh session came in by."""
    wrong = {node: reasons for node in context.hosts if (reasons := obstacles(node, context))}
    if not wrong:
        return None
    return Problem(
        code="external-interface",
        summary="The external interface of a host is in use",
        detail="\n".join(f"{node.name}: {reason}" for node, reasons in wrong.items() for reason in reasons),
        fix="Name one that carries nothing: ip -brief address shows them all.",
        where=next(iter(wrong)).name,
    )


def looked(context: Context) -> str:
    """Name the interfaces. Contained nodes have some of their own, so that none of the machine's is taken."""
    if not context.hosts:
        routes = ", ".join(sorted(context.host.default_routes or ())) or "none"
        return f"contained nodes take none of the machine's interfaces; its way out is {routes}"
    return ", ".join(f"{node.name}: {node.external} is free" for node in context.hosts)
