"""Which address ranges something on this machine already uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from skylift.engines.look import EngineSubnet
from skylift.model.container import LABEL
from skylift.model.host import TakenRange
from skylift.observed.netlink import Address, Link, Route


def own_bridges(subnets: Iterable[EngineSubnet], cloud: str) -> frozenset[str]:
    """Return the interfaces of the networks that ``cloud`` itself has."""
    return frozenset(
        subnet.bridge for subnet in subnets if subnet.bridge and subnet.labels.get(LABEL + "cloud") == cloud
    )


def taken_ranges(
    cloud: str,
    *,
    links: Sequence[Link],
    addresses: Sequence[Address],
    routes: Sequence[Route],
    subnets: Sequence[EngineSubnet],
    resolvers: Sequence[IPv4Address],
    mirrors: Mapping[str, Sequence[IPv4Address]],
) -> tuple[TakenRange, ...]:
    """Return every range in use, without what belongs to ``cloud`` itself, each range once. Pure.

    ``mirrors`` maps host names to their addresses.
    """
    names = {link.index: link.name for link in links}
    own = own_bridges(subnets, cloud)
    # The engine's networks first: of two names for one range, theirs says more than "route via br-3f2a".
    found = [
        TakenRange(subnet.subnet, f"engine network {subnet.network}")
        for subnet in subnets
        if subnet.labels.get(LABEL + "cloud") != cloud
    ]
    found += [
        TakenRange(IPv4Network((address.address, address.prefix), strict=False), f"address {address.address} of {name}")
        for address in addresses
        if (name := names.get(address.index, "?")) not in own
    ]
    found += [
        TakenRange(route.network, _route(route, names)) for route in routes if names.get(route.index, "?") not in own
    ]
    found += [TakenRange(IPv4Network(resolver), "resolver in use") for resolver in resolvers]
    found += [
        TakenRange(IPv4Network(address), f"address of {host}, which this machine gets packages through")
        for host, found_addresses in sorted(mirrors.items())
        for address in found_addresses
    ]
    return tuple(_first_names(found))


def _route(route: Route, names: Mapping[int, str]) -> str:
    via = f" by {route.gateway}" if route.gateway else ""
    return f"route{via} through {names[route.index]}" if route.index in names else f"route{via}"


def _first_names(found: Collection[TakenRange]) -> Iterable[TakenRange]:
    seen: set[IPv4Network] = set()
    for entry in found:
        if entry.network not in seen:
            seen.add(entry.network)
            yield entry
