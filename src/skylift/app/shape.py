"""Which cloud this is: its networks, nodes and machine facts, read back from what exists or chosen anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

from skylift.app.workspace import Workspace
from skylift.desired.addresses import node_address
from skylift.desired.networks import PURPOSES, choose
from skylift.desired.resources import external_wish
from skylift.model.cloud import ASKED, Cloud, EngineNetwork, Machine, Node
from skylift.model.container import LABEL
from skylift.model.host import TakenRange
from skylift.model.observed import Observed
from skylift.settings import Settings
from skylift.settings.complaints import problem


def known_machine(observed: Observed) -> Machine | None:
    """Return the machine facts that were noted on a node's container when the cloud was made."""
    for state in observed.containers.values():
        if state.labels.get(LABEL + "service") == "node" and LABEL + "machine" in state.labels:
            return Machine(**json.loads(state.labels[LABEL + "machine"]))
    return None


def known_subnets(observed: Observed) -> dict[str, IPv4Network]:
    """Return the subnets of this cloud's existing networks by purpose."""
    return {
        network.labels[LABEL + "purpose"]: IPv4Network(network.subnet)
        for network in observed.networks.values()
        if LABEL + "purpose" in network.labels and network.subnet
    }


def networks(
    settings: Settings, taken: Sequence[TakenRange], existing: Mapping[str, IPv4Network]
) -> tuple[EngineNetwork, ...]:
    """Return the cloud's engine networks: as they are, as the settings ask, or free ones.

    Raises Problem ``subnet-collides`` and the like.
    """
    return choose(
        settings.skylift_cloud_name,
        wanted={
            "internal": settings.skylift_internal_cidr,
            "external": settings.external_cidr,
            "tunnel": settings.skylift_tunnel_cidr,
        },
        taken=taken,
        external=external_wish(settings),
        where=places(settings),
        existing=existing,
    )


def places(settings: Settings) -> dict[str, str]:
    """Return where the settings ask for a network's subnet, by its purpose; what they do not ask for is left out."""
    keys = {purpose: [f"skylift_{purpose}_cidr"] for purpose in PURPOSES}
    keys["external"].append("EXT_NET_CIDR")
    found = {
        purpose: next((key for key in names if settings.source(key) != "default"), "")
        for purpose, names in keys.items()
    }
    return {purpose: settings.source(key) for purpose, key in found.items() if key}


def cloud(workspace: Workspace, chosen: tuple[EngineNetwork, ...], machine: Machine) -> Cloud:
    """Return the cloud: its nodes at fixed addresses, the first node's (or the asked one) being that of all APIs."""
    settings = workspace.settings
    name = workspace.cloud_name
    by_purpose = {network.purpose: network for network in chosen}
    vip = settings.kolla_internal_vip_address
    internal = by_purpose["internal"].subnet
    if vip and (vip not in internal or vip in (internal[0], internal[1], internal[-1])):
        raise problem(
            "settings-conflict",
            f"kolla_internal_vip_address {vip} is no free address of the internal network {internal}",
            "Set skylift_internal_cidr to the network it is in, or leave the address out.",
            settings.source("kolla_internal_vip_address"),
        )
    nodes = []
    for index in range(settings.skylift_nodes):
        asked = settings.kolla_internal_vip_address if index == 0 else None
        nodes.append(
            Node(
                name=f"node{index + 1}",
                container=f"{name}-node{index + 1}",
                internal=asked or node_address(by_purpose["internal"], index),
                external=node_address(by_purpose["external"], index),
                tunnel=node_address(by_purpose["tunnel"], index),
            )
        )
    return Cloud(name, settings.openstack_release, str(nodes[0].internal), chosen, tuple(nodes), machine)


def asked(workspace: Workspace, machine: Machine) -> Machine:
    """Return ``machine`` with the virtualisation that the settings ask for."""
    wanted = workspace.settings.nova_compute_virt_type
    if wanted in ("auto", machine.virt_type):
        return machine
    source = workspace.settings.source("nova_compute_virt_type")
    return replace(machine, virt_type=wanted, virt_why=f"{ASKED}{source}")
