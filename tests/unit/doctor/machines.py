"""Machines for the checks before a change: a good one, one with leftovers of others, one that is a node itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

from skylift.desired.addresses import node_address
from skylift.desired.networks import PURPOSES, choose
from skylift.doctor.prechecks import Context
from skylift.doctor.prechecks.context import GIB
from skylift.doctor.prechecks.ports import ANY
from skylift.model.cloud import Cloud, Node
from skylift.model.host import EngineFacts, EngineObject, HostFacts, HostNode, Interface, Listener, TakenRange

NETWORKS = choose("skylift", dict.fromkeys(PURPOSES), ())
INTERNAL, EXTERNAL, TUNNEL = (node_address(network, 0) for network in NETWORKS)
NODE = Node("node1", "skylift-node1", INTERNAL, EXTERNAL, TUNNEL)
CLOUD = Cloud("skylift", "2026.2", str(NODE.internal), NETWORKS, (NODE,))
BRIDGE = NETWORKS[0].bridge
OURS = {"io.skylift.cloud": "skylift"}

GOOD = Context(
    cloud=CLOUD,
    host=HostFacts(
        engine=EngineFacts(
            "Docker", "20.10.24", "1.41", "/var/lib/docker", "x86_64", "overlay2", "6.1.0", {"runc": "1.1.5"}, 0.1
        ),
        architecture="x86_64",
        kernel="6.1.0",
        memory=24 * GIB,
        memory_available=20 * GIB,
        disk_free=50 * GIB,
        clock=datetime(2026, 11, 24, tzinfo=UTC).timestamp(),
        tun=True,
        namespaces=True,
        bridging=True,
        forwarding=True,
        nat_by_engine=True,
        interfaces=(
            Interface("lo", "", ("127.0.0.1/8",)),
            Interface("eth0", "", ("192.0.2.7/24",)),
            Interface("eth1"),
            Interface("docker0", "bridge", ("172.17.0.1/16",)),
        ),
        default_routes=frozenset({"eth0"}),
        ssh="192.0.2.7",
        name="box",
        resolves_to=("127.0.1.1",),
        listening=(Listener(ANY, 80), Listener("127.0.0.1", 5000)),
        synchronised=False,
        python=(3, 13, 1),
        inodes_free=1_000_000,
        virt=("qemu", "/dev/kvm opens, but nothing booted"),
        taken=(TakenRange(IPv4Network("172.17.0.0/16"), "engine network bridge"),),
    ),
    containers=frozenset({"skylift-node1-nova_api", "skylift-node1-nova_schema"}),
    volumes=frozenset({"skylift-node1-mariadb"}),
    memory_mib=4096,
    image_count=29,
    ports=(80, 5000),
    guest_networks={"DEMO_NET_CIDR": IPv4Network("10.0.0.0/24")},
)


def on(**facts: Any) -> Context:
    """The good machine with other facts."""
    return replace(GOOD, host=replace(GOOD.host, **facts))


HOST = HostNode("box", "192.0.2.7", "eth1")
KOLLA = (
    EngineObject("container", "nova_api", {"kolla_version": "21.1.0"}, True, image="nova:x"),
    EngineObject("container", "keystone", {}, False, image="registry.example/openstack.kolla/keystone:2026.2"),
    EngineObject("volume", "kolla_logs"),
    EngineObject("volume", "somebody_elses"),
    EngineObject("container", "web", {}, True, image="nginx:1"),
    EngineObject("network", "skylift-other", {"io.skylift.cloud": "other"}, bridge="sk-aaaaaaaai"),
)
LINKS = (
    Interface("br-int", "openvswitch"),
    Interface("tap1a2b3c4d-5e", "tun"),
    Interface("qvo1a2b3c4d-5e", "veth"),
    Interface("sk-aaaaaaaai", "bridge"),
    Interface("sk-bbbbbbbbe", "bridge"),
    Interface("tap0", "tun"),
)
LEFT: dict[str, Any] = {
    "objects": KOLLA,
    "interfaces": (*GOOD.host.interfaces, *LINKS),
    "namespaces_named": ("mine", "qdhcp-1", "qrouter-1"),
    "foreign_rules": ("chain neutron-openvswi-FORWARD",),
}
NAMED = [
    "container nova_api (nova:x)",
    "container keystone (registry.example/openstack.kolla/keystone:2026.2)",
    "volume kolla_logs",
    "Open vSwitch's interface br-int",
    "interface tap1a2b3c4d-5e",
    "interface qvo1a2b3c4d-5e",
    "interface sk-bbbbbbbbe of a Skylift cloud that is gone",
    "network namespace qdhcp-1",
    "network namespace qrouter-1",
    "packet filter: chain neutron-openvswi-FORWARD",
]


def hosted(node: HostNode = HOST, **facts: Any) -> Context:
    """The good machine as a node itself; nothing listens on the services' ports, and its name is right."""
    good: dict[str, Any] = {"listening": (), "resolves_to": ("192.0.2.7",), "synchronised": True}
    return replace(on(**(good | facts)), hosts=(node,))


def deployed() -> Context:
    """The cloud is up on this machine: its own things are there, and take what they take."""
    network_objects = tuple(EngineObject("network", network.name, OURS) for network in NETWORKS)
    return on(
        objects=(
            *network_objects,
            EngineObject("container", "skylift-node1-nova_api", OURS, True, (str(NODE.internal),)),
            EngineObject("container", "skylift-node1-nova_schema", OURS | {"io.skylift.kind": "job"}, False),
            EngineObject("volume", "skylift-node1-mariadb", OURS),
        ),
        interfaces=tuple(Interface(network.bridge, "bridge") for network in NETWORKS),
        rules=(f"-A FORWARD -i {BRIDGE} -j ACCEPT",),
        taken=(TakenRange(IPv4Network("172.24.0.9/32"), "a mirror that moved"),),
        memory_available=GIB // 4,
        disk_free=GIB // 4,
    )
