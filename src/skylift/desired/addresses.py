"""Addresses on the chosen networks: those of the nodes, and what is left to Neutron. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from skylift.desired.networks import ExternalWish
from skylift.model.cloud import EngineNetwork
from skylift.model.problem import Problem


def node_address(network: EngineNetwork, index: int) -> IPv4Address:
    """Return the fixed address of node ``index`` (0, 1, …) on ``network``.

    Nodes take the upper half of the engine's range from its start, because the engine gives addresses to other
    containers (probes) from the bottom. Raises Problem ``too-many-nodes``.
    """
    size = network.ip_range.num_addresses
    usable = [
        address
        for address in (network.ip_range[number] for number in range(size // 2, size))
        if address not in (network.gateway, network.subnet.broadcast_address)
    ]
    if index >= len(usable):
        raise Problem(
            code="too-many-nodes",
            summary="A network has no room for that many nodes",
            detail=f"{network.name} ({network.subnet}) has addresses for {len(usable)} nodes in {network.ip_range}",
            fix=f"Give the {network.purpose} network a larger subnet in globals.yml.",
        )
    return usable[index]


def neutron_range(network: EngineNetwork, wish: ExternalWish | None = None) -> tuple[IPv4Address, IPv4Address]:
    """Return first and last address of the external network that Neutron may hand out."""
    if wish is not None and wish.first is not None and wish.last is not None:
        return wish.first, wish.last
    spans = [
        span for block in network.subnet.address_exclude(network.ip_range) for span in _without(block, network.gateway)
    ]
    first, last = max(_joined(spans), key=lambda span: int(span[1]) - int(span[0]))
    if first == network.subnet.network_address:
        first += 1
    if last == network.subnet.broadcast_address:
        last -= 1
    return first, last


def _without(block: IPv4Network, gateway: IPv4Address) -> Iterator[tuple[IPv4Address, IPv4Address]]:
    if gateway not in block:
        yield block.network_address, block.broadcast_address
        return
    if gateway > block.network_address:
        yield block.network_address, gateway - 1
    if gateway < block.broadcast_address:
        yield gateway + 1, block.broadcast_address


def _joined(spans: Sequence[tuple[IPv4Address, IPv4Address]]) -> list[tuple[IPv4Address, IPv4Address]]:
    joined: list[tuple[IPv4Address, IPv4Address]] = []
    for low, high in sorted(spans):
        if joined and int(joined[-1][1]) + 1 == int(low):
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined
