"""What must hold between settings: ranges inside their networks, networks apart from each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from skylift.model.problem import Problem
from skylift.settings.complaints import problem

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network

    from skylift.settings.keys import Globals


def conflicts(keys: Globals, where: Callable[[str], str]) -> list[Problem]:
    """Return a Problem for each pair of settings that do not go together; ``where`` tells a key's place."""
    return [
        problem("settings-conflict", detail, fix, where(key))
        for check in (_external, _demo, _internal, _apart, _switches, _pools)
        for key, detail, fix in check(keys)
    ]


Finding = tuple[str, str, str]

OWN_BRIDGES = ("br-int", "br-tunnel")


def _external(keys: Globals) -> Iterator[Finding]:
    cidr, own = keys.EXT_NET_CIDR, keys.skylift_external_cidr
    if cidr and own and cidr != own:
        yield (
            "EXT_NET_CIDR",
            f"EXT_NET_CIDR is {cidr} and skylift_external_cidr is {own}; floating IPs live on that engine network",
            "Set one of the two, or both to the same network.",
        )
    network, addresses, gateway = cidr or own, keys.EXT_NET_RANGE, keys.EXT_NET_GATEWAY
    if gateway and network:
        yield from _gateway("EXT_NET_GATEWAY", gateway, network)
    if addresses and gateway and gateway in addresses:
        yield (
            "EXT_NET_RANGE",
            f"EXT_NET_RANGE {addresses} contains the gateway {gateway}",
            "Leave the gateway out of the range.",
        )
    if addresses and network:
        usable = (network[1], network[-2])
        if addresses.first not in network or addresses.last not in network:
            yield (
                "EXT_NET_RANGE",
                f"EXT_NET_RANGE {addresses} is not within {network}",
                f"Use addresses from {usable[0]} to {usable[1]}.",
            )
        elif network.network_address in addresses or network.broadcast_address in addresses:
            yield (
                "EXT_NET_RANGE",
                f"EXT_NET_RANGE {addresses} contains the first or the last address of {network}",
                f"Use addresses from {usable[0]} to {usable[1]}.",
            )


def _demo(keys: Globals) -> Iterator[Finding]:
    if keys.DEMO_NET_GATEWAY:
        yield from _gateway("DEMO_NET_GATEWAY", keys.DEMO_NET_GATEWAY, keys.DEMO_NET_CIDR)


def _internal(keys: Globals) -> Iterator[Finding]:
    address, network = keys.kolla_internal_vip_address, keys.skylift_internal_cidr
    if address and network:
        yield from _gateway("kolla_internal_vip_address", address, network)
        if address == network[1]:
            yield (
                "kolla_internal_vip_address",
                f"kolla_internal_vip_address {address} is the first address of {network}, which is the engine's",
                f"Use an address from {network[2]} to {network[-2]}.",
            )


def _switches(keys: Globals) -> Iterator[Finding]:
    if keys.neutron_bridge_name in OWN_BRIDGES:
        yield (
            "neutron_bridge_name",
            f"neutron_bridge_name is {keys.neutron_bridge_name}, the switch that guests or tunnels are on",
            "Use another name, such as br-ex.",
        )


def _pools(keys: Globals) -> Iterator[Finding]:
    for (name, pool), (other_name, other) in combinations(
        ((name, getattr(keys, name)) for name in type(keys).model_fields if re.fullmatch(r"ceph_\w+_pool_name", name)),
        2,
    ):
        if pool == other:
            key = other_name if other_name in keys.model_fields_set else name
            yield key, f"{name} and {other_name} are both {pool}", "Give each its own pool."
    if keys.cinder_backup_driver == "nfs" and not keys.cinder_backup_share:
        yield (
            "cinder_backup_driver",
            "cinder_backup_driver is nfs, and there is no cinder_backup_share",
            "cinder_backup_share: HOST:/PATH",
        )


def _gateway(key: str, address: IPv4Address, network: IPv4Network) -> Iterator[Finding]:
    if address not in network or address in (network.network_address, network.broadcast_address):
        yield (
            key,
            f"{key} {address} is no usable address of {network}",
            f"Use an address from {network[1]} to {network[-2]}.",
        )


def _apart(keys: Globals) -> Iterator[Finding]:
    named: dict[str, IPv4Network | None] = {
        "skylift_internal_cidr": keys.skylift_internal_cidr,
        "skylift_external_cidr": keys.skylift_external_cidr,
        "skylift_tunnel_cidr": keys.skylift_tunnel_cidr,
        "EXT_NET_CIDR": keys.EXT_NET_CIDR,
        "DEMO_NET_CIDR": keys.DEMO_NET_CIDR,
    }
    for (name, network), (other_name, other) in combinations(named.items(), 2):
        same_network = {name, other_name} == {"skylift_external_cidr", "EXT_NET_CIDR"}
        if network and other and not same_network and network.overlaps(other):
            # The demo network has a default: the one the user wrote is the place to look.
            key = name if other_name == "DEMO_NET_CIDR" and "DEMO_NET_CIDR" not in keys.model_fields_set else other_name
            yield key, f"{name} {network} overlaps {other_name} {other}", "Choose networks that do not overlap."
