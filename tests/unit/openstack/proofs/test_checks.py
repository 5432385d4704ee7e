"""The pure parts of the proofs, and what every declared proof must keep to."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from skylift.model.cloud import Cloud, EngineNetwork
from skylift.model.secret import Secret
from skylift.openstack.proofs.checks.balancer import body
from skylift.openstack.proofs.checks.key import pair
from skylift.openstack.proofs.checks.network import free_subnet
from skylift.openstack.proofs.checks.novnc import socket_url
from skylift.openstack.proofs.evidence import fault
from skylift.openstack.proofs.graph import choose
from skylift.openstack.proofs.probe import spec
from skylift.openstack.proofs.proof import Unproven, load
from skylift.openstack.proofs.script import marker, user_data

CORE = frozenset({"keystone", "glance", "nova", "neutron", "octavia", "placement"})


def test_the_proofs_of_the_core_are_run_in_these_places() -> None:
    chosen = [proof for proof in choose(load(), CORE) if proof.shown]
    assert [proof.name for proof in sorted(chosen, key=lambda proof: proof.place)] == [
        "token",
        "image",
        "guests",
        "metadata",
        "guest-to-guest",
        "guest-to-outside",
        "floating-ip",
        "ssh",
        "novnc",
        "load-balancer",
        "console-log",
    ]


def test_names_and_places_are_used_once() -> None:
    proofs = load()
    assert len({proof.name for proof in proofs}) == len(proofs)
    places = [proof.place for proof in proofs if proof.shown]
    assert len(set(places)) == len(places)


def test_without_octavia_everything_else_is_proven() -> None:
    names = {proof.name for proof in choose(load(), CORE - {"octavia"})}
    assert "load-balancer" not in names and "balancer" not in names
    assert {"ssh", "guest-to-outside", "console-log"} <= names


def test_a_failure_says_what_was_expected_seen_and_what_else_there_is() -> None:
    failure = Unproven("both guests ACTIVE", "b ERROR", ("nova: b ERROR, no task, No valid host was found",))
    assert str(failure).splitlines() == [
        "expected both guests ACTIVE; seen: b ERROR",
        "nova: b ERROR, no task, No valid host was found",
    ]


@pytest.mark.parametrize(
    ("console", "websocket"),
    [
        (
            "http://172.20.0.2:6080/vnc_lite.html?path=%3Ftoken%3D8a1c",
            "ws://172.20.0.2:6080/?token=8a1c",
        ),
        ("https://cloud:6080/vnc_auto.html?token=8a1c", "wss://cloud:6080/websockify?token=8a1c"),
    ],
)
def test_the_websocket_of_a_console(console: str, websocket: str) -> None:
    assert socket_url(console) == websocket


def test_guests_get_a_subnet_that_nothing_else_has() -> None:
    first = free_subnet(())
    second = free_subnet((first,))
    assert not first.overlaps(second)
    assert not free_subnet((IPv4Network("10.0.0.0/8"),)).overlaps(IPv4Network("10.0.0.0/8"))
    with pytest.raises(ValueError):
        free_subnet((IPv4Network("0.0.0.0/0"),))


@pytest.mark.parametrize("form", [PrivateFormat.OpenSSH, PrivateFormat.PKCS8])
def test_a_given_key_is_used(form: PrivateFormat) -> None:
    given = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, form, NoEncryption()).decode()
    private, public = pair(Secret(given))
    assert pair(private)[1] == public
    assert public.startswith("ssh-ed25519 ")


def test_each_occasion_has_a_key_of_its_own() -> None:
    assert pair(None)[1] != pair(None)[1]


def test_the_guests_script_is_a_script_and_prints_its_marker() -> None:
    script = user_data("4711", "10.0.0.7", "172.24.4.3", 8099)
    assert script.startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0
    assert f"echo {marker('4711')}\n" in script
    assert "http://172.24.4.3:8099/" in script and '"http://10.0.0.7$path"' in script


def test_a_guest_reads_and_writes_the_disk_that_is_asked_for(tmp_path: Path) -> None:
    """The page is run as the guest runs it, with folders for /sys and /dev."""
    for name, serial in (("vda", ""), ("vdb", "11111111-2222-3333-4"), ("vdc", "aaaaaaaa-2222-3333-4")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "serial").write_text(serial)  # the kernel ends it with nothing
        (tmp_path / name / "size").write_text("4194304\n")
        (tmp_path / f"{name}.disk").write_bytes(b"\0" * (2 << 20))
    page = user_data("4711", "10.0.0.7", "172.24.4.3", 8099).split("cgi-bin/disk <<'END'\n")[1].split("END\n")[0]
    page = page.replace("/sys/block", str(tmp_path)).replace("/vd*", "/vd?").replace("disk=/dev/", f"disk={tmp_path}/")
    page = page.replace("${path##*/}", "${path##*/}.disk")

    def ask(query: str) -> list[str]:
        done = subprocess.run(
            ["sh"], input=page, text=True, env=os.environ | {"QUERY_STRING": query}, capture_output=True
        )
        return done.stdout.splitlines()[2:]

    (before,) = ask("read-aaaaaaaa-2222-3333-4")
    (written,) = ask("write-aaaaaaaa-2222-3333-4")
    digest = hashlib.sha256((tmp_path / "vdc.disk").read_bytes()[: 1 << 20]).hexdigest()
    assert before != written == f"{digest} 4194304"
    assert ask("read-aaaaaaaa-2222-3333-4") == [written]
    assert ask("read-11111111-2222-3333-4") == [before]
    assert ask("read-ffffffff-2222-3333-4") == ["none"]


def test_the_load_balancer_is_made_in_one_request() -> None:
    request = body("subnet", ("10.0.0.5", "10.0.0.6"))
    (listener,) = request["listeners"]
    pool = listener["default_pool"]
    assert (request["provider"], pool["lb_algorithm"]) == ("ovn", "SOURCE_IP_PORT")
    assert [member["address"] for member in pool["members"]] == ["10.0.0.5", "10.0.0.6"]
    assert pool["healthmonitor"]["type"] == "TCP"


def test_novas_fault_is_told() -> None:
    assert fault({"fault": {"message": "No valid host was found."}}) == "No valid host was found."
    assert fault({}) == "Nova noted no cause"


def test_the_probe_is_an_ordinary_container_on_the_external_network() -> None:
    subnet = IPv4Network("172.24.4.0/24")
    network = EngineNetwork("sk-2-external", "external", subnet, subnet[1], IPv4Network("172.24.4.0/28"), "sk-2")
    probe = spec(Cloud("sk", "2026.2", "172.20.0.2", (network,), ()), "skylift/base:x")
    assert [attachment.network for attachment in probe.attachments] == ["sk-2-external"]
    assert (probe.capabilities, probe.mounts, probe.restart, probe.network) == ((), (), False, "")


def test_cinder_s_proofs_are_run_where_cinder_is() -> None:
    proofs = choose(load(), CORE | {"cinder"})
    names = [proof.name for proof in proofs]
    assert {"volume", "volume-snapshot", "volume-backup", "volume-boot", "volume-encrypted", "volume-removed"} <= set(
        names
    )
    assert [name for name in names if "volume" in name][-1] == "volume-removed"
    assert not [proof.name for proof in choose(load(), CORE) if "volume" in proof.name]


async def test_a_cancelled_caller_leaves_its_request_to_be_waited_for() -> None:
    import threading

    from skylift.openstack.proofs.bench import Calls

    calls, release, done = Calls(), threading.Event(), []

    def request() -> None:
        release.wait(5)
        done.append("created")

    caller = asyncio.create_task(calls.run(request))
    await asyncio.sleep(0.05)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done == []
    release.set()
    await calls.settle()
    assert done == ["created"]
    calls.close()
