"""What else runs on this machine: read from files as the kernel writes them, and from this machine itself."""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from skylift.doctor.prechecks.ports import ANY
from skylift.engines.look import _ahead
from skylift.model.host import Listener
from skylift.observed import clock, kernel, mirrors, netlink, rules, traces

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1
   2: 0100007F:1388 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 3 1
   3: nonsense
"""
TCP6 = """\
  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000
"""


def test_ports_are_read_as_the_kernel_writes_them(tmp_path: Path) -> None:
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/tcp").write_text(TCP)
    (tmp_path / "proc/net/tcp6").write_text(TCP6)
    assert traces.listening(tmp_path) == (Listener(ANY, 22), Listener(ANY, 80), Listener("127.0.0.1", 3306))
    assert traces.listening(tmp_path / "nowhere") == ()


def test_a_port_that_is_listened_on_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert Listener("127.0.0.1", port) in traces.listening()


def test_named_namespaces_are_listed(tmp_path: Path) -> None:
    (tmp_path / "run/netns").mkdir(parents=True)
    (tmp_path / "run/netns/qrouter-1").touch()
    (tmp_path / "run/netns/mine").touch()
    assert traces.namespaces_named(tmp_path) == ("mine", "qrouter-1")
    assert traces.namespaces_named(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("said", "address"),
    [("198.51.100.2 50000 192.0.2.7 22", "192.0.2.7"), ("", ""), ("broken", "")],
)
def test_the_ssh_session_names_its_address(said: str, address: str) -> None:
    assert traces.ssh_address({"SSH_CONNECTION": said}) == address
    assert traces.ssh_address({}) == ""


def test_the_machines_own_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "localhost")
    assert traces.own_name() == ("localhost", ("127.0.0.1",))

    def unknown(*_: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert traces.own_name() == ("localhost", None)


def test_hosts_that_do_not_exist_are_told_from_a_resolver_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, *_: object) -> object:
        if host == "late.example":
            time.sleep(1)
        number = {"none.example": socket.EAI_NONAME, "silent.example": socket.EAI_AGAIN}.get(host)
        if number:
            raise socket.gaierror(number, "said the resolver")
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    names = ("none.example", "silent.example", "late.example", "there.example")
    assert asyncio.run(mirrors.unknown_hosts(names, 0.2)) == {"none.example"}


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [(0, 0, True), (0, clock.STA_UNSYNC, False), (clock.TIME_ERROR, 0, False), (-1, 0, None)],
)
def test_the_kernel_tells_of_its_clock_without_being_changed(
    monkeypatch: pytest.MonkeyPatch, answer: int, status: int, expected: bool | None
) -> None:
    assert clock.synchronised() in (True, False)

    class Library:
        def adjtimex(self, reference: Any) -> int:
            state = reference._obj  # ctypes keeps what byref was given
            assert state.modes == 0
            state.status = status
            return answer

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library())
    assert clock.synchronised() is expected


@pytest.mark.parametrize(
    ("said", "ahead"),
    [
        ("1970-01-01T00:01:40.500000001Z", 0.0),
        ("1970-01-01T00:01:41.000000000+00:00", 0.0),
        ("1970-01-01T00:01:30Z", -10.0),
        ("1970-01-01T00:03:21.000000000Z", 100.0),
        ("", None),
        ("yesterday", None),
    ],
)
def test_the_engines_clock_was_read_at_some_moment_of_the_call(said: str, ahead: float | None) -> None:
    assert _ahead(said, 100.0, 101.0) == (pytest.approx(ahead) if ahead is not None else None)


def test_chains_and_ports_of_another_openstack_are_found_in_the_packet_filter() -> None:
    dump = (
        "*filter\n:FORWARD DROP [0:0]\n:DOCKER - [0:0]\n:neutron-openvswi-FORWARD - [0:0]\n"
        "-A FORWARD -j neutron-openvswi-FORWARD\n"
        "-A FORWARD -i qbr1a2b3c4d-5e -j ACCEPT\n-A FORWARD -i tap0 -j ACCEPT\nCOMMIT\n"
    )
    nft = "table ip filter {\n\tchain neutron-filter-top {\n\t}\n\tchain DOCKER {\n\t}\n}\n"
    assert rules.judge([dump, nft]).foreign == (
        "chain neutron-openvswi-FORWARD",
        "-A FORWARD -i qbr1a2b3c4d-5e -j ACCEPT",
        "chain neutron-filter-top",
    )
    assert rules.judge([":DOCKER - [0:0]"]).foreign == ()


async def test_a_tool_that_ends_just_when_its_time_is_over_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "SECONDS", 0.2)
    # On a busy machine both become known at once.
    asyncio.get_running_loop().call_later(0.1, time.sleep, 0.6)
    assert not await rules._dump(("sleep", "0.3"))


def test_default_routes_are_those_of_the_kernel() -> None:
    lines = [line.split() for line in Path("/proc/net/route").read_text().splitlines()[1:]]
    expected = {line[0] for line in lines if line[1] == line[7] == "00000000"}
    names = {link.index: link.name for link in netlink.links()}
    # Other tables than main may have some, which /proc does not show.
    assert expected <= {names[index] for index in netlink.default_routes()}


def test_files_that_may_still_be_made_are_counted(tmp_path: Path) -> None:
    state = os.statvfs(tmp_path)
    found = kernel.inodes_free(str(tmp_path))
    assert found is None if not state.f_files else found is not None and found > 0
    assert kernel.inodes_free("/no/such/folder") is kernel.inodes_free("") is None
