"""Read the machine in one go: the input of choosing networks and of the checks before a change."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import Collection
from ipaddress import IPv4Address

from skylift.engines import Engine
from skylift.engines.look import EngineHoldings, holdings
from skylift.model.host import HostFacts, Interface
from skylift.observed import devices, kernel, netlink
from skylift.observed.features import features
from skylift.observed.mirrors import configured_hosts, nameservers, resolve
from skylift.observed.rules import read_rules
from skylift.observed.taken import taken_ranges


async def read_host(
    engine: Engine,
    cloud: str,
    *,
    mirrors: Collection[str] = (),
    known: EngineHoldings | None = None,
    disks: bool = False,
) -> HostFacts:
    """Return the facts about this machine and what its engine holds, in well under a second.

    ``mirrors`` are more hosts that must stay reachable (a registry of the settings), ``known`` spares the question to
    the engine; ``disks`` asks for a look at every disk. Engine, resolver and packet filter are asked side by side.
    Raises Problem when the engine is lost.
    """
    held, addresses, rules = await asyncio.gather(
        _held(engine, known),
        _mirror_addresses(mirrors),
        read_rules(),
    )
    links = netlink.links()
    host_addresses = netlink.addresses()
    total, available = kernel.memory()
    return HostFacts(
        engine=held.facts,
        objects=held.objects,
        taken=taken_ranges(
            cloud,
            links=links,
            addresses=host_addresses,
            routes=netlink.routes(),
            subnets=held.subnets,
            resolvers=nameservers(),
            mirrors=addresses,
        ),
        interfaces=tuple(
            Interface(
                link.name,
                link.kind,
                tuple(f"{one.address}/{one.prefix}" for one in host_addresses if one.index == link.index),
            )
            for link in links
        ),
        architecture=platform.machine(),
        kernel=platform.release(),
        cpus=os.cpu_count() or 1,
        memory=total,
        memory_available=available,
        disk_free=kernel.disk_free(held.facts.data_root),
        clock=time.time(),
        tun=kernel.tun_works(),
        namespaces=kernel.namespaces(),
        # A bridge that is there proves that the kernel has them; that none is there proves nothing.
        bridging=True if any(link.kind == "bridge" for link in links) else None,
        forwarding=kernel.forwarding(),
        features=features(),
        nat_by_engine=rules.engine,
        rules=rules.ours,
        devices=devices.block_devices() if disks else (),
    )


async def _held(engine: Engine, known: EngineHoldings | None) -> EngineHoldings:
    return known or await holdings(engine)


async def _mirror_addresses(more: Collection[str]) -> dict[str, tuple[IPv4Address, ...]]:
    return await resolve({*configured_hosts(os.environ), *more})
