"""Read the machine in one go: the input of choosing networks and of the checks before a change."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import time
from collections.abc import Collection

from skylift.engines import Engine
from skylift.engines.look import EngineHoldings, holdings
from skylift.model.host import HostFacts, Interface
from skylift.observed import clock, devices, kernel, netlink, traces
from skylift.observed.features import features
from skylift.observed.mirrors import RESOLVE_SECONDS, configured_hosts, in_thread, nameservers, resolve, unknown_hosts
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
    hosts = {**configured_hosts(os.environ), **dict.fromkeys(mirrors, "docker_registry in globals.yml")}
    held, addresses, missing, rules, (name, resolves_to) = await asyncio.gather(
        _held(engine, known),
        resolve(hosts),
        unknown_hosts(hosts),
        read_rules(),
        _own_name(),
    )
    links = netlink.links()
    default_routes = netlink.default_routes()
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
        foreign_rules=rules.foreign,
        inodes_free=kernel.inodes_free(held.facts.data_root),
        namespaces_named=traces.namespaces_named(),
        default_routes=frozenset(one.name for one in links if one.index in default_routes),
        ssh=traces.ssh_address(os.environ),
        name=name,
        resolves_to=resolves_to,
        unresolved={host: hosts[host] for host in sorted(missing)},
        listening=traces.listening(),
        synchronised=clock.synchronised(),
        python=tuple(sys.version_info[:3]),
        devices=devices.block_devices() if disks else (),
    )


async def _held(engine: Engine, known: EngineHoldings | None) -> EngineHoldings:
    return known or await holdings(engine)


async def _own_name() -> tuple[str, tuple[str, ...] | None]:
    """As :func:`traces.own_name`; a resolver that is late says nothing, as if the name were the loopback's."""
    try:
        return await asyncio.wait_for(in_thread(lambda _: traces.own_name(), "this machine"), RESOLVE_SECONDS)
    except TimeoutError:
        return platform.node(), ()
