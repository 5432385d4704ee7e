"""A cloud's shape: its networks on the engine, and its nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from skylift.model.inputs import MACHINE


@dataclass(frozen=True, slots=True)
class EngineNetwork:
    """A network of the container engine. ``purpose``: internal, external, tunnel.

    The engine hands out addresses in ``ip_range`` only; on the external network the rest is Neutron's.
    ``bridge`` is the name of the interface it makes on the machine (at most 15 characters).
    """

    name: str
    purpose: str
    subnet: IPv4Network
    gateway: IPv4Address
    ip_range: IPv4Network
    bridge: str
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A contained node: its name and its address on each network it is attached to."""

    name: str
    container: str
    internal: IPv4Address
    external: IPv4Address
    tunnel: IPv4Address
    roles: tuple[str, ...] = ("control", "network", "compute")


ASKED = "asked for in "
"""What the reason of a fact begins with that the settings ask for."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found out about the machine and shapes the cloud. Tried, not assumed.

    ``socket`` is the path at which the engine answers on its own machine.
    """

    virt_type: str
    virt_why: str
    datapath: str
    datapath_why: str
    cpus: int = 1
    memory: int = 0
    engine: str = ""
    socket: str = "/var/run/docker.sock"

    def source(self, fact: str) -> str:
        """Return where a fact was asked for (``globals.yml:12``); what was found out comes from this machine."""
        why = self.virt_why if fact == "virt_type" else ""
        return why.removeprefix(ASKED) if why.startswith(ASKED) else MACHINE


@dataclass(frozen=True, slots=True)
class Cloud:
    """One deployment: its name, release, networks, nodes and the address all endpoints use."""

    name: str
    release: str
    api_address: str
    networks: tuple[EngineNetwork, ...]
    nodes: tuple[Node, ...]
    machine: Machine = field(default_factory=lambda: Machine("qemu", "", "netdev", ""))

    def network(self, purpose: str) -> EngineNetwork:
        """Return the network of this purpose. Raises KeyError when there is none."""
        for network in self.networks:
            if network.purpose == purpose:
                return network
        raise KeyError(purpose)
