"""What is wrong with a machine, one trouble a row: the code that it must get, and words of the detail."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from tests.unit.doctor.machines import BRIDGE, GOOD, HOST, LEFT, NAMED, NETWORKS, NODE, hosted, on

from skylift.doctor.prechecks import Context
from skylift.doctor.prechecks.context import GIB, Storage
from skylift.doctor.prechecks.ports import ANY
from skylift.model.host import EngineObject, Interface, Listener, TakenRange
from skylift.model.problem import Problem
from skylift.model.service import KernelNeed

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
