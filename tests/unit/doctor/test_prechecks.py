"""The checks before a change: silent on a good machine, and each names its own trouble with a fix."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from skylift.desired.addresses import node_address
from skylift.desired.networks import PURPOSES, choose
from skylift.doctor.prechecks import Context, discover, find, find_problems, run_prechecks
from skylift.doctor.prechecks.clock import earliest
from skylift.doctor.prechecks.context import GIB, Storage
from skylift.doctor.prechecks.engine import version
from skylift.doctor.prechecks.ports import ANY
from skylift.doctor.prechecks.reference import page
from skylift.model.cloud import Cloud, Node
from skylift.model.host import EngineFacts, EngineObject, HostFacts, HostNode, Interface, Listener, TakenRange
from skylift.model.problem import Problem, Problems
from skylift.model.service import KernelNeed

ROOT = Path(__file__).parents[3]
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
    EngineObject("container", "keystone", {}, False, image="quay.io/openstack.kolla/keystone:2026.2"),
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
    "container keystone (quay.io/openstack.kolla/keystone:2026.2)",
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


BAD: dict[str, tuple[Context, str, str]] = {
    "room for a file": (replace(GOOD, storage=Storage(file_bytes=60 * GIB)), "storage-file", "50.0 GiB are free"),
    "only on hosts": (
        replace(
            on(features=frozenset({"NFS client"})),
            kernel=(KernelNeed("enable_cinder_backend_nfs", ("NFS client",), "a shared folder of the host"),),
        ),
        "not-on-contained-nodes",
        "enable_cinder_backend_nfs: a shared folder of the host",
    ),
    "kernel lacks": (
        replace(
            on(features=frozenset({"iSCSI initiator"})),
            kernel=(KernelNeed("enable_cinder_backend_lvm", ("device mapper", "iSCSI initiator")),),
            where={"enable_cinder_backend_lvm": "globals.yml:3"},
        ),
        "kernel-lacks",
        "enable_cinder_backend_lvm needs device mapper: kernel 6.1.0",
    ),
    "clocks apart": (
        on(engine=replace(GOOD.host.engine, ahead=-90.0)),
        "clock-skew",
        "the engine's is 90 s behind",
    ),
    "files": (on(inodes_free=10), "disk-inodes", "10 more can be made"),
    "engine elsewhere": (
        on(engine=replace(GOOD.host.engine, kernel="6.10-linuxkit")),
        "engine-elsewhere",
        "its kernel is 6.10-linuxkit",
    ),
    "whole copies": (on(engine=replace(GOOD.host.engine, driver="vfs")), "engine-storage", "driver is vfs"),
    "a version of the engine": (
        on(engine=replace(GOOD.host.engine, version="20.10.7")),
        "version-bad",
        "Engine 20.10.7: its system call filter refuses clone3",
    ),
    "an old Python": (on(python=(3, 9, 2)), "version-bad", "Python 3.9.2: 3.11 is the least"),
    "an unknown mirror": (
        on(unresolved={"mirror.example": "/etc/apt/sources.list"}),
        "name-unknown",
        "mirror.example (/etc/apt/sources.list)",
    ),
    "a host's name": (
        hosted(resolves_to=("127.0.1.1",)),
        "name-elsewhere",
        "box is looked up as 127.0.1.1, and the services of box listen at 192.0.2.7",
    ),
    "a host without a name": (hosted(resolves_to=None), "name-elsewhere", "box is looked up as nothing"),
    "a host's external interface": (
        hosted(replace(HOST, external="eth0")),
        "external-interface",
        "box: eth0 has the address 192.0.2.7/24\n"
        "box: the default route leaves by eth0\nbox: this ssh session came in by eth0",
    ),
    "a host without that interface": (
        hosted(replace(HOST, external="eth9")),
        "external-interface",
        "there is no interface eth9; there are lo, eth0, eth1, docker0",
    ),
    "a host's port": (
        hosted(listening=(Listener(ANY, 80), Listener("127.0.0.1", 5000), Listener("192.0.2.7", 22))),
        "port-in-use",
        "box: something listens on 0.0.0.0:80",
    ),
    "a host's leftovers": (hosted(**LEFT), "leftovers", "\n".join(NAMED)),
    "KVM that does not boot": (
        replace(GOOD, kvm_asked="globals.yml:4"),
        "kvm-does-not-boot",
        "/dev/kvm opens, but nothing booted",
    ),
    "an image tag": (
        replace(GOOD, images=(Problem("image-tag-missing", "An image is not there", "nova-api:x\nnearest: y", "fix"),)),
        "image-tag-missing",
        "nearest: y",
    ),
    "address": (
        on(objects=(EngineObject("container", "mine", {}, True, (str(NODE.external),)),)),
        "address-in-use",
        f"mine holds {NODE.external}, the address of node1",
    ),
    "architecture": (on(architecture="aarch64"), "architecture", "the machine is aarch64"),
    "engine's architecture": (
        on(engine=replace(GOOD.host.engine, architecture="aarch64")),
        "architecture",
        "the engine is aarch64",
    ),
    "clock": (on(clock=86400.0), "clock-behind", "1970-01-02"),
    "disk": (on(disk_free=GIB), "disk-full", "1.0 GiB are free"),
    "engine": (on(engine=replace(GOOD.host.engine, api="1.40")), "engine-old", "API 1.40"),
    "container's name": (
        on(objects=(EngineObject("container", "skylift-node1-nova_api"),)),
        "name-in-use",
        "container skylift-node1-nova_api is not of cloud skylift",
    ),
    "node's name": (
        on(objects=(EngineObject("container", "skylift-node1"),)),
        "name-in-use",
        "container skylift-node1",
    ),
    "volume's name": (
        on(objects=(EngineObject("volume", "skylift-node1-mariadb", {"io.skylift.cloud": "other"}),)),
        "name-in-use",
        "volume skylift-node1-mariadb",
    ),
    "network's name": (on(objects=(EngineObject("network", NETWORKS[0].name),)), "name-in-use", NETWORKS[0].name),
    "forwarding": (on(forwarding=False), "no-forwarding", "ip_forward is 0"),
    "translation": (on(nat_by_engine=False), "no-nat", "none of its rules"),
    "kernel": (on(tun=False, bridging=None), "kernel-features", "lacks tun devices"),
    "interface": (on(interfaces=(Interface(BRIDGE, "bridge"),)), "leftovers", f"interface {BRIDGE}"),
    "rules": (on(rules=(f"-A FORWARD -i {BRIDGE} -j ACCEPT",)), "leftovers", f"-i {BRIDGE}"),
    "memory": (on(memory_available=GIB), "memory-short", "1.0 GiB of 24.0 GiB"),
    "subnet": (
        on(taken=(TakenRange(IPv4Network("172.24.4.9/32"), "resolver in use"),)),
        "subnet-in-use",
        "the external network 172.24.4.0/24 collides with 172.24.4.9/32 (resolver in use)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_each_trouble_is_named_alone_and_with_a_fix(case: str) -> None:
    context, code, said = BAD[case]
    problems = find_problems(context)
    assert [problem.code for problem in problems] == [code]
    assert said in problems[0].detail
    assert problems[0].fix
    with pytest.raises(Problem) as caught:
        run_prechecks(context)
    assert caught.value is problems[0] or caught.value.code == code


def test_a_good_machine_passes_at_once() -> None:
    discover()
    begin = time.perf_counter()
    run_prechecks(GOOD)
    assert time.perf_counter() - begin < 0.1


def test_every_check_is_found_and_has_a_case() -> None:
    checks = discover()
    assert {"architecture", "clock", "disk", "memory", "subnets", "leftovers", "foreign_names"} <= set(checks)
    for name, check in checks.items():
        assert any(check.check(context) is not None for context, _, _ in BAD.values()), f"no case for {name}"
        assert check.looked(GOOD), f"{name} says nothing of what it looked at"


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(Problems) as caught:
        run_prechecks(on(memory_available=GIB, disk_free=GIB, clock=1.0))
    assert [problem.code for problem in caught.value.problems] == ["clock-behind", "disk-full", "memory-short"]
    assert "Set the clock" in str(caught.value)


def test_what_could_not_be_found_out_passes() -> None:
    unknown = HostFacts(clock=GOOD.host.clock)
    assert find_problems(replace(GOOD, host=unknown)) == ()


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


def test_a_cloud_that_is_up_is_not_in_its_own_way() -> None:
    assert find_problems(replace(deployed(), images_present=True)) == ()


def test_half_a_cloud_needs_half() -> None:
    context = replace(deployed(), images_present=True)
    host = replace(context.host, objects=context.host.objects[:-2])
    half = replace(context, host=host)
    assert half.missing_share == 0.5
    assert [problem.code for problem in find_problems(half)] == ["disk-full", "memory-short"]
    assert "about 0.5 GiB" in find_problems(half)[0].detail


def test_images_that_are_built_need_more_than_pulled_or_present_ones() -> None:
    def refused(free: int, **more: Any) -> bool:
        return bool(find_problems(replace(on(disk_free=free * GIB), **more)))

    assert not refused(5)
    assert refused(4)
    assert not refused(4, build_images=False)
    assert refused(3, build_images=False)
    assert not refused(1, images_present=True)


@pytest.mark.parametrize(
    ("release", "date"),
    [("2026.2", "2026-09-01"), ("2026.1", "2026-03-01"), ("master", None), ("2026.3", None)],
)
def test_the_clock_is_measured_by_the_release(release: str, date: str | None) -> None:
    found = earliest(release)
    assert (found.date().isoformat() if found else None) == date


def test_versions_are_numbers() -> None:
    assert version("1.9") < version("1.41")
    assert version("") == version("x.y") == ()


def told(context: Context) -> dict[str, Problem]:
    """Return the warnings by code; nothing may be refused."""
    run_prechecks(context)
    return {one.code: one for finding in find(context) for one in finding.warnings}


def test_a_good_machine_is_told_nothing_and_every_check_says_what_it_saw() -> None:
    findings = find(GOOD)
    assert [finding.state for finding in findings] == ["ok"] * len(discover())
    looked = {finding.name: finding.looked for finding in findings}
    assert looked["memory"] == "20.0 GiB of 24.0 GiB available, 4.5 GiB needed"
    assert looked["disk"] == "/var/lib/docker: 50.0 GiB free, 5.0 GiB needed"
    assert looked["clock"].startswith("2026-11-24 00:00 UTC, the engine's 0.1 s apart, not synchronised")
    assert "way out is eth0" in looked["interfaces"]
    assert looked["kvm"] == "guests are emulated: /dev/kvm opens, but nothing booted"
    assert looked["kernel"] == "kernel 6.1.0: network namespaces, bridges, tun"
    assert looked["kernel needs"] == "the settings need nothing more of the kernel"
    assert looked["storage"] == "Ceph is off: no disk is touched"


def test_what_others_left_is_named_one_by_one_and_disturbs_no_contained_node() -> None:
    found = told(on(**LEFT))["leftovers-of-others"]
    assert found.detail.splitlines() == [*NAMED, "Contained nodes are not disturbed by them."]
    assert found.fix.splitlines() == [
        "If nothing needs them any more:",
        "docker rm -f nova_api",
        "docker rm -f keystone",
        "docker volume rm kolla_logs",
        "ovs-vsctl --if-exists del-br br-int",
        "ip link delete tap1a2b3c4d-5e",
        "ip link delete qvo1a2b3c4d-5e",
        "ip link delete sk-bbbbbbbbe",
        "ip netns delete qdhcp-1",
        "ip netns delete qrouter-1",
        "iptables-save | grep -vE 'neutron-|nova-|octavia-' | iptables-restore",
    ]


def test_a_hundred_leftovers_are_cut_short() -> None:
    found = told(on(namespaces_named=tuple(f"qrouter-{number:03}" for number in range(100))))["leftovers-of-others"]
    assert found.detail.splitlines()[-2:] == ["and 60 more", "Contained nodes are not disturbed by them."]


def test_a_cloud_of_skylift_itself_is_no_leftover() -> None:
    ours = EngineObject("container", "x", {"io.skylift.cloud": "other", "kolla_version": "1"}, image="kolla/x")
    volume = EngineObject("volume", "kolla_logs", {"io.skylift.cloud": "other"})
    assert told(on(objects=(ours, volume))) == {}


def test_ranges_that_hide_something_are_told() -> None:
    vpn = TakenRange(IPv4Network("10.0.0.0/8"), "route through tun0")
    later = TakenRange(NETWORKS[1].subnet, "route through tun0")
    there = EngineObject("network", NETWORKS[1].name, OURS)
    found = told(on(taken=(vpn, later), objects=(there,)))["subnet-hidden"]
    assert found.detail.splitlines() == [
        f"the external network {NETWORKS[1].subnet} cannot reach {later.network} (route through tun0)",
        "guests on 10.0.0.0/24 (DEMO_NET_CIDR) cannot reach 10.0.0.0/8 (route through tun0)",
    ]


def test_doubtful_versions_are_told_and_a_distributions_own_are_not_refused() -> None:
    def engine(version: str, runc: str = "1.1.5") -> Context:
        return on(engine=replace(GOOD.host.engine, version=version, parts={"runc": runc}))

    assert set(told(engine("20.10.5+dfsg1"))) == set(told(engine("28.0.1"))) == {"version-doubtful"}
    assert "runc 1.1.3" in told(engine("27.5.1", "1.1.3"))["version-doubtful"].detail
    assert told(engine("28.0.2", "1.1.4")) == told(engine("20.10.10")) == told(engine("")) == {}
    podman = replace(GOOD.host.engine, name="Podman", version="20.10.7")
    assert told(on(engine=podman)) == {}


def test_a_clock_that_nobody_keeps_matters_on_hosts_only() -> None:
    assert set(told(hosted(synchronised=False))) == {"clock-unsynchronised"}
    assert told(hosted()) == told(hosted(synchronised=None)) == {}


def test_ports_of_the_cloud_itself_are_no_strangers() -> None:
    context = hosted(listening=(Listener(ANY, 80),), objects=(EngineObject("container", "x", OURS),))
    assert find_problems(context) == ()


def test_images_of_a_registry_are_all_reported() -> None:
    missing = tuple(Problem("image-tag-missing", "An image is not there", name) for name in ("a", "b"))
    assert find_problems(replace(GOOD, images=missing)) == missing
    assert [one.looked for one in find(replace(GOOD, registry="r:5000")) if one.name == "images"] == [
        "29 images, each of them found in r:5000"
    ]


def test_what_could_not_be_found_out_is_said_to_be_unknown() -> None:
    unknown = replace(GOOD, host=HostFacts(engine=EngineFacts("Docker", "20.10.24", "1.41")))
    looked = {finding.name: finding.looked for finding in find(unknown)}
    assert looked["memory"] == "not known"
    assert looked["disk"].endswith("not known")
    assert looked["kvm"].startswith("not tried")
    assert "bridges (not tried)" in looked["kernel"]
    assert "not known to this user" in looked["forwarding"]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/prechecks.md").read_text() == page(), "run python scripts/gen_prechecks.py"
    for name in discover():
        assert f"| {name.replace('_', ' ')} |" in page()
