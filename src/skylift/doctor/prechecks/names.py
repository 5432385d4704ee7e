"""Names that must be found: hosts that images come from, and, for nodes that are hosts, their own."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem, Problems


def check(context: Context) -> Problem | None:
    """Refuse hosts of packages or of the registry that do not exist while images are to come from them.

    For a node that is a host, refuse a machine whose name is not that of the address where its services listen:
    RabbitMQ names itself by it, and others look it up.
    """
    found = [*_mirrors(context), *_own(context)]
    return None if not found else found[0] if len(found) == 1 else Problems(tuple(found))


def _mirrors(context: Context) -> list[Problem]:
    unknown = context.host.unresolved
    if context.images_present or not unknown:
        return []
    return [
        Problem(
            code="name-unknown",
            summary="A host that images come from does not exist for this machine",
            detail="\n".join(f"{host} ({place})" for host, place in unknown.items()),
            fix=f"Correct the name, or the resolver in /etc/resolv.conf: getent hosts {next(iter(unknown))}",
            where=next(iter(unknown.values())),
        )
    ]


def _own(context: Context) -> list[Problem]:
    found, name = context.host.resolves_to, context.host.name
    wrong = [node for node in context.hosts if found is None or (found and node.address not in found)]
    if not wrong:
        return []
    as_ = "nothing" if found is None else ", ".join(found)
    return [
        Problem(
            code="name-elsewhere",
            summary="A host's name must be that of the address where its services listen",
            detail=f"{name} is looked up as {as_}, and the services of {wrong[0].name} listen at {wrong[0].address}",
            fix=f"sed -i '/\\s{name}$/d' /etc/hosts && echo '{wrong[0].address} {name}' >> /etc/hosts",
            where="/etc/hosts",
        )
    ]


def looked(context: Context) -> str:
    """Tell what was looked up. A contained node has its own names from the engine, whatever the machine is called."""
    images = "all images are here" if context.images_present else "hosts that images come from are found"
    found = context.host.resolves_to
    own = "looked up as " + (", ".join(found) or "(no answer yet)") if found is not None else "not looked up"
    return f"{images}; {context.host.name or 'this machine'} is {own}, which contained nodes do not need"
