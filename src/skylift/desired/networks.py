"""Choose the three engine networks of a cloud so that they collide with nothing on the machine. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from skylift.model.cloud import EngineNetwork
from skylift.model.host import TakenRange
from skylift.model.problem import Problem

PURPOSES = ("internal", "external", "tunnel")

FIRST = {
    "internal": IPv4Network("172.24.0.0/24"),
    "external": IPv4Network("172.24.4.0/24"),  # DevStack's, so that examples on the web fit
    "tunnel": IPv4Network("172.24.8.0/24"),
}

# Where to go on looking: private ranges (RFC 1918) and the one for benchmarks (RFC 2544), seldom used ones first.
POOLS = tuple(map(IPv4Network, ("172.24.0.0/13", "10.208.0.0/12", "192.168.192.0/18", "198.18.0.0/15")))

# RFC 6890: no network of a machine can lie there.
NEVER = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")))

ENGINE_BLOCK = 27
"""Prefix of the block of the external network that the engine hands out: 32 addresses, the rest is Neutron's."""

SMALLEST = {"internal": 28, "external": 27, "tunnel": 28}


@dataclass(frozen=True, slots=True)
class ExternalWish:
    """What the settings say of the external network: EXT_NET_GATEWAY and EXT_NET_RANGE (first and last address)."""

    gateway: IPv4Address | None = None
    first: IPv4Address | None = None
    last: IPv4Address | None = None
    gateway_where: str = "EXT_NET_GATEWAY"
    range_where: str = "EXT_NET_RANGE"


def bridge_name(cloud: str, purpose: str) -> str:
    """Return the name of the bridge interface: ``sk-``, 8 hex digits of the cloud's name, and i, e or t."""
    return f"sk-{hashlib.sha256(cloud.encode()).hexdigest()[:8]}{purpose[0]}"


def choose(
    cloud: str,
    wanted: Mapping[str, IPv4Network | None],
    taken: Sequence[TakenRange],
    external: ExternalWish | None = None,
    where: Mapping[str, str] | None = None,
    existing: Mapping[str, IPv4Network] | None = None,
) -> tuple[EngineNetwork, ...]:
    """Return the internal, external and tunnel network of ``cloud``.

    ``wanted`` maps a purpose to the subnet the settings ask for, ``where`` to the place of that setting
    (``globals.yml:4``). ``existing`` are the subnets of this cloud's networks that are already there: they are kept
    unless the settings ask for others. ``taken`` must not hold what belongs to this cloud itself.

    Raises Problem ``subnet-collides``, ``subnet-unfit``, ``external-range-unfit`` or ``no-free-subnet``.
    """
    wish = external or ExternalWish()
    places = where or {}
    kept = existing or {}
    chosen: dict[str, IPv4Network] = {}
    used = list(taken)
    # What the user asked for goes first, so that an automatic choice never takes it away.
    for purpose in sorted(PURPOSES, key=lambda name: (wanted.get(name) is None, name not in kept)):
        asked = wanted.get(purpose)
        if asked is not None:
            place = places.get(purpose, f"the {purpose} network in globals.yml")
            _check_fit(purpose, asked, place)
            # A subnet that is in use by this very cloud has been checked when it was made.
            if asked != kept.get(purpose):
                _check_free(purpose, asked, used, place)
            subnet = asked
        else:
            limits = wish if purpose == "external" else ExternalWish()
            keep = purpose in kept and _suits(kept[purpose], limits)
            subnet = kept[purpose] if keep else _first_free(purpose, used, limits)
        chosen[purpose] = subnet
        used.append(TakenRange(subnet, f"the {purpose} network of this cloud"))
    return tuple(_network(cloud, purpose, chosen[purpose], wish) for purpose in PURPOSES)


def _network(cloud: str, purpose: str, subnet: IPv4Network, wish: ExternalWish) -> EngineNetwork:
    gateway = subnet[1]
    block = subnet
    if purpose == "external":
        gateway = _gateway(subnet, wish)
        block = _engine_block(subnet, gateway, wish)
    return EngineNetwork(
        # The engine numbers a container's interfaces in the order of their networks' names: with these, eth0 is
        # internal, eth1 external and eth2 tunnel, at every start.
        name=f"{cloud}-{PURPOSES.index(purpose) + 1}-{purpose}",
        purpose=purpose,
        subnet=subnet,
        gateway=gateway,
        ip_range=block,
        bridge=bridge_name(cloud, purpose),
        isolated=purpose == "tunnel",
    )


def _gateway(subnet: IPv4Network, wish: ExternalWish) -> IPv4Address:
    gateway = wish.gateway or subnet[1]
    if gateway not in subnet or gateway in (subnet.network_address, subnet.broadcast_address):
        raise _unfit_range(f"the gateway {gateway} is no usable address of {subnet}", wish.gateway_where)
    return gateway


def _engine_block(subnet: IPv4Network, gateway: IPv4Address, wish: ExternalWish) -> IPv4Network:
    """Return the lowest block for the engine that leaves Neutron's range alone."""
    first, last = wish.first, wish.last
    if first is None or last is None:
        return next(subnet.subnets(new_prefix=max(ENGINE_BLOCK, subnet.prefixlen + 1)))
    where = wish.range_where
    if first > last:
        raise _unfit_range(f"the first address {first} lies behind the last, {last}", where)
    if first not in subnet or last not in subnet:
        raise _unfit_range(f"{first} to {last} is not within the external network {subnet}", where)
    if first <= gateway <= last:
        raise _unfit_range(f"{first} to {last} contains the gateway {gateway}", where)
    # Outside the range lie at most two spans: below it and above it. In each, the lowest aligned block will do.
    spans = ((subnet.network_address, first - 1), (last + 1, subnet.broadcast_address))
    for prefix in range(max(ENGINE_BLOCK, subnet.prefixlen + 1), 30):
        size = 1 << (32 - prefix)
        for low, high in spans:
            start = -(-int(low) // size) * size
            if start + size - 1 <= int(high):
                return IPv4Network((start, prefix))
    raise _unfit_range(f"{first} to {last} leaves no block of 8 addresses of {subnet} for the nodes", where)


def _check_fit(purpose: str, subnet: IPv4Network, where: str) -> None:
    never = next((block for block in NEVER if block.overlaps(subnet)), None)
    if never is None and subnet.prefixlen <= SMALLEST[purpose]:
        return
    raise Problem(
        code="subnet-unfit",
        summary="A subnet cannot serve as a network of the cloud",
        detail=(
            f"the {purpose} network {subnet} lies in {never}, which is not for networks"
            if never
            else f"the {purpose} network {subnet} is too small: it needs a /{SMALLEST[purpose]} or larger"
        ),
        fix=f"Use {FIRST[purpose]}, or leave the setting out and Skylift chooses.",
        where=where,
    )


def _check_free(purpose: str, subnet: IPv4Network, used: Sequence[TakenRange], where: str) -> None:
    hits = [range_ for range_ in used if range_.network.overlaps(subnet)]
    if not hits:
        return
    raise Problem(
        code="subnet-collides",
        summary="A subnet of the settings is in use on this machine",
        detail=f"the {purpose} network {subnet} collides with "
        + ", ".join(f"{hit.network} ({hit.what})" for hit in hits),
        fix="Choose another subnet, or leave the setting out and Skylift chooses one that is free.",
        where=where,
    )


def _first_free(purpose: str, used: Sequence[TakenRange], wish: ExternalWish) -> IPv4Network:
    # Plain numbers: comparing network objects takes many times longer on a machine with many routes.
    spans = [(int(range_.network.network_address), int(range_.network.broadcast_address)) for range_ in used]
    for candidate in _candidates(purpose, wish):
        if not _suits(candidate, wish):
            continue
        low, high = int(candidate.network_address), int(candidate.broadcast_address)
        if not any(first <= high and low <= last for first, last in spans):
            return candidate
    asked = wish.gateway or wish.first
    raise Problem(
        code="no-free-subnet",
        summary="No free subnet was found for a network of the cloud",
        detail=f"the {purpose} network"
        + (f" that contains {asked}" if asked else "")
        + ": every candidate collides with "
        + ", ".join(sorted({f"{hit.network} ({hit.what})" for hit in used})[:8]),
        fix=f"Set a subnet for the {purpose} network in globals.yml that nothing on this machine uses.",
        where=wish.gateway_where if wish.gateway else wish.range_where if asked else "",
    )


def _candidates(purpose: str, wish: ExternalWish) -> Iterator[IPv4Network]:
    asked = wish.gateway or wish.first
    if asked is not None:
        yield IPv4Network((asked, 24), strict=False)
    yield FIRST[purpose]
    for pool in POOLS:
        for candidate in pool.subnets(new_prefix=24):
            # The first choice of another purpose stays free for it.
            if candidate not in FIRST.values():
                yield candidate


def _suits(candidate: IPv4Network, wish: ExternalWish) -> bool:
    """Whether the addresses the settings name, if any, lie in the candidate."""
    return all(address is None or address in candidate for address in (wish.gateway, wish.first, wish.last))


def _unfit_range(detail: str, where: str) -> Problem:
    return Problem(
        code="external-range-unfit",
        summary="The external network's gateway or range does not fit its subnet",
        detail=detail,
        fix="Correct EXT_NET_CIDR, EXT_NET_RANGE and EXT_NET_GATEWAY, or leave them out and Skylift chooses.",
        where=where,
    )
