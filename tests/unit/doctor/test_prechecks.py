"""The checks before a change: silent on a good machine, and each names its own trouble with a fix."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

import pytest

from skylift.desired.addresses import node_address
from skylift.desired.networks import PURPOSES, choose
from skylift.doctor.prechecks import Context, discover, find_problems, run_prechecks
from skylift.doctor.prechecks.clock import earliest
from skylift.doctor.prechecks.context import GIB, Storage
from skylift.doctor.prechecks.engine import version
from skylift.model.cloud import Cloud, Node
from skylift.model.host import EngineFacts, EngineObject, HostFacts, Interface, TakenRange
from skylift.model.problem import Problem, Problems
from skylift.model.service import KernelNeed

NETWORKS = choose("skylift", dict.fromkeys(PURPOSES), ())
INTERNAL, EXTERNAL, TUNNEL = (node_address(network, 0) for network in NETWORKS)
NODE = Node("node1", "skylift-node1", INTERNAL, EXTERNAL, TUNNEL)
CLOUD = Cloud("skylift", "2026.2", str(NODE.internal), NETWORKS, (NODE,))
BRIDGE = NETWORKS[0].bridge
OURS = {"io.skylift.cloud": "skylift"}

GOOD = Context(
    cloud=CLOUD,
    host=HostFacts(
        engine=EngineFacts("Docker", "20.10.24", "1.41", "/var/lib/docker", "x86_64"),
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
        interfaces=(Interface("lo"), Interface("docker0", "bridge")),
        taken=(TakenRange(IPv4Network("172.17.0.0/16"), "engine network bridge"),),
    ),
    containers=frozenset({"skylift-node1-nova_api", "skylift-node1-nova_schema"}),
    volumes=frozenset({"skylift-node1-mariadb"}),
)


def on(**facts: Any) -> Context:
    """The good machine with other facts."""
    return replace(GOOD, host=replace(GOOD.host, **facts))


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
        assert any(check(context) is not None for context, _, _ in BAD.values()), f"no case for {name}"


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
