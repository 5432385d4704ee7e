"""Reading the machine: the parsers on samples, and the kernel itself where it may be asked."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.engines.look import EngineSubnet
from skylift.engines.trial import TrialResult
from skylift.observed import kernel, mirrors, netlink, rules
from skylift.observed.datapath import try_datapath
from skylift.observed.kvm import BOOTED, boot_sector, command, judge
from skylift.observed.netlink import Address, Link, Route
from skylift.observed.taken import taken_ranges

OURS = {"io.skylift.cloud": "skylift"}


def test_what_is_taken_has_a_name_and_our_own_is_left_out() -> None:
    found = taken_ranges(
        "skylift",
        links=[Link(1, "lo"), Link(2, "eth0"), Link(3, "sk-11223344i", "bridge"), Link(4, "docker0", "bridge")],
        addresses=[
            Address(2, IPv4Address("192.0.2.2"), 24),
            Address(3, IPv4Address("172.24.0.1"), 24),
            Address(4, IPv4Address("172.17.0.1"), 16),
        ],
        routes=[
            Route(IPv4Network("172.24.0.0/24"), 3),
            Route(IPv4Network("10.8.0.0/16"), 2, IPv4Address("192.0.2.9")),
            Route(IPv4Network("10.9.0.0/16"), 0),
        ],
        subnets=[
            EngineSubnet("bridge", IPv4Network("172.17.0.0/16"), "docker0", {}),
            EngineSubnet("skylift-1-internal", IPv4Network("172.24.0.0/24"), "sk-11223344i", OURS),
            EngineSubnet("other-1-internal", IPv4Network("172.24.16.0/24"), "", {"io.skylift.cloud": "other"}),
        ],
        resolvers=[IPv4Address("10.255.255.53")],
        mirrors={"mirror.example": [IPv4Address("203.0.113.80")], "dead.example": []},
    )
    assert {str(entry.network): entry.what for entry in found} == {
        "172.17.0.0/16": "engine network bridge",
        "172.24.16.0/24": "engine network other-1-internal",
        "192.0.2.0/24": "address 192.0.2.2 of eth0",
        "10.8.0.0/16": "route by 192.0.2.9 through eth0",
        "10.9.0.0/16": "route",
        "10.255.255.53/32": "resolver in use",
        "203.0.113.80/32": "address of mirror.example, which this machine gets packages through",
    }


def test_the_kernel_answers_over_netlink() -> None:
    names = {link.name for link in netlink.links()}
    assert names == {name for _, name in socket.if_nameindex()}
    assert any(one.address.is_loopback for one in netlink.addresses())
    assert all(route.network.prefixlen > 0 for route in netlink.routes())


def test_generic_families_are_told_apart() -> None:
    assert netlink.generic_family("nlctrl") is None
    assert netlink.generic_family("no-such-family") == errno.ENOENT


@given(st.binary(max_size=200))
def test_attributes_of_any_bytes_end(data: bytes) -> None:
    total = sum(4 + len(payload) for _, payload in netlink.parse_attributes(data))
    assert total <= len(data)


@given(st.lists(st.tuples(st.integers(1, 99), st.binary(max_size=9)), max_size=6))
def test_attributes_are_read_back(pairs: list[tuple[int, bytes]]) -> None:
    data = b"".join(
        struct.pack("=HH", 4 + len(payload), type_) + payload + bytes(-len(payload) % 4) for type_, payload in pairs
    )
    assert list(netlink.parse_attributes(data)) == pairs


@pytest.mark.parametrize(
    ("answer", "datapath", "said"),
    [
        (None, "system", "has openvswitch"),
        (errno.ENOENT, "netdev", "no openvswitch"),
        (errno.EPERM, "netdev", "EPERM"),
    ],
)
def test_the_datapath_follows_the_kernel(answer: int | None, datapath: str, said: str) -> None:
    verdict = try_datapath(lambda family: answer if family == "ovs_datapath" else None)
    assert verdict.datapath == datapath
    assert said in verdict.why


def test_a_kernel_that_cannot_be_asked_gets_the_userspace_datapath() -> None:
    def broken(family: str) -> int | None:
        raise OSError(family)

    assert try_datapath(broken).datapath == "netdev"


@pytest.mark.parametrize(
    ("code", "output", "virt_type", "said"),
    [
        (BOOTED, "", "kvm", "booted"),
        (137, "", "qemu", "had not booted after 4 s"),
        (None, "", "qemu", "had not booted after 4 s"),
        (127, "sh: qemu-system-x86_64: not found\n", "qemu", "the image has no QEMU: sh: qemu"),
        (1, "warning\nCould not access KVM kernel module\n\n", "qemu", "ended with 1: Could not access KVM"),
        (0, "", "qemu", "ended with 0"),
    ],
)
def test_only_a_boot_counts_as_kvm(code: int | None, output: str, virt_type: str, said: str) -> None:
    found, why = judge(TrialResult(code, output), 4, 0.5)
    assert found == virt_type
    assert said in why


def test_the_boot_sector_is_one() -> None:
    disk = boot_sector()
    assert disk[510:512] == b"\x55\xaa"
    assert len(disk) == 32768
    assert "accel=tcg" in command("tcg")[-1]


def test_hosts_are_found_where_they_are_configured(tmp_path: Path) -> None:
    for name, text in {
        "etc/apt/sources.list": "deb [signed-by=/k] http://apt.example/debian x main\n# deb http://comment.example x\n",
        "etc/apt/sources.list.d/a.sources": "Types: deb\nURIs: http://one.example/d https://two.example:8443/d\n",
        "etc/apt/sources.list.d/b.sources.disabled": "URIs: http://off.example/d\n",
        "etc/apt/apt.conf.d/01proxy": '// x http://old.example\nAcquire::http::Proxy "http://proxy.example:3128";\n',
        "etc/pip.conf": "[global]\nindex-url = https://user:secret@index.example/simple\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    environment = {"https_proxy": "bare.example:8080", "PIP_EXTRA_INDEX_URL": "https://extra.example/", "HOME": "/x"}
    found = mirrors.configured_hosts(environment, tmp_path)
    expected = {"apt", "one", "two", "proxy", "index", "bare", "extra"}
    # Configuration of the user who runs the test may add to it.
    assert expected <= {host.removesuffix(".example") for host in found}
    assert not {"comment.example", "off.example", "old.example"} & set(found)
    assert found["index.example"] == str(tmp_path / "etc/pip.conf")
    assert found["bare.example"] == "environment variable https_proxy"


def test_a_host_is_resolved_and_a_dead_one_costs_no_more_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def slow(host: str, *rest: object) -> object:
        if host == "slow.example":
            time.sleep(3)
        return real("127.0.0.1", *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    begin = time.monotonic()
    found = asyncio.run(mirrors.resolve(["slow.example", "quick.example"], 0.2))
    assert time.monotonic() - begin < 1
    assert found == {"quick.example": (IPv4Address("127.0.0.1"),), "slow.example": ()}


def test_resolvers_behind_the_local_stub_are_found(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "run/systemd/resolve").mkdir(parents=True)
    (tmp_path / "etc/resolv.conf").write_text("# c\nnameserver 127.0.0.53\nnameserver fd00::1\nsearch x\n")
    (tmp_path / "run/systemd/resolve/resolv.conf").write_text("nameserver 192.0.2.53\n")
    assert mirrors.nameservers(tmp_path) == (IPv4Address("192.0.2.53"),)
    assert mirrors.nameservers(tmp_path / "nowhere") == ()


def test_rules_are_judged() -> None:
    dump = "*nat\n:DOCKER - [0:0]\n-A POSTROUTING -s 172.24.0.0/24 ! -o sk-0a1b2c3di -j MASQUERADE\nCOMMIT\n"
    found = rules.judge([dump, dump])
    assert found.engine is True
    assert found.ours == ("-A POSTROUTING -s 172.24.0.0/24 ! -o sk-0a1b2c3di -j MASQUERADE",)
    assert rules.judge(["*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n"]).engine is False
    assert rules.judge(["", "\n"]).engine is None


def test_memory_disk_and_forwarding_are_read(tmp_path: Path) -> None:
    (tmp_path / "proc/sys/net/ipv4").mkdir(parents=True)
    (tmp_path / "proc/meminfo").write_text("MemTotal:  2048 kB\nMemAvailable: 1024 kB\nHugePages_Total: 0\nodd\n")
    (tmp_path / "proc/sys/net/ipv4/ip_forward").write_text("0\n")
    assert kernel.memory(tmp_path) == (2 << 20, 1 << 20)
    assert kernel.forwarding(tmp_path) is False
    assert kernel.forwarding(tmp_path / "nowhere") is None
    assert kernel.memory(tmp_path / "nowhere") == (0, None)
    state = os.statvfs(tmp_path)
    assert kernel.disk_free(str(tmp_path)) == pytest.approx(state.f_bavail * state.f_frsize, rel=0.1)
    assert kernel.disk_free("/no/such/folder") is kernel.disk_free("") is None
    assert kernel.tun_works(tmp_path / "tun") is False
