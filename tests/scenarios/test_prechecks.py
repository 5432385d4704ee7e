"""The checks before a change on the real machine: quick, each with what it saw, and leftovers named one by one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.cloud import Cloud

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

NAMESPACE, LINK, VOLUME = "qrouter-skylift-test", "tap5c115e57-00", "kolla_logs"


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def write(place: Cloud, more: str = "") -> None:
    place.config.mkdir(exist_ok=True)
    (place.config / "globals.yml").write_text(f"skylift_cloud_name: prechecks\n{more}")


def checks(place: Cloud) -> dict[str, Any]:
    """Return what each check says, by name; none may fail."""
    document = place.ok("check", "--json").json
    assert document["ok"] is True
    return {one["name"]: one for one in document["checks"]}


@pytest.fixture
def place(tmp_path: Path) -> Cloud:
    """A cloud that is not there and never will be."""
    found = Cloud(tmp_path)
    write(found)
    return found


@pytest.fixture
def leftovers() -> Iterator[None]:
    """What Neutron's agents and Kolla leave: a namespace, an interface, a volume."""
    try:
        run("ip", "netns", "add", NAMESPACE)
        run("ip", "link", "add", LINK, "type", "bridge")
        run("docker", "volume", "create", VOLUME)
        yield
    finally:
        subprocess.run(["ip", "netns", "delete", NAMESPACE], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", LINK], check=False, capture_output=True)
        subprocess.run(["docker", "volume", "rm", VOLUME], check=False, capture_output=True)


def test_all_checks_hold_within_five_seconds(place: Cloud) -> None:
    begin = time.monotonic()
    found = checks(place)
    # The trial of KVM, which may hang for four seconds, runs beside.
    assert time.monotonic() - begin < 5 + 4
    assert all(one["looked"] for one in found.values())
    assert "guests" in found["kvm"]["looked"]
    assert "GiB" in found["memory"]["looked"]


def test_leftovers_are_named_and_refuse_nothing(place: Cloud, leftovers: None) -> None:
    (warning,) = checks(place)["leftovers"]["warnings"]
    for name in (f"network namespace {NAMESPACE}", f"interface {LINK}", f"volume {VOLUME}"):
        assert name in warning["detail"].splitlines()
    for command in (f"ip netns delete {NAMESPACE}", f"ip link delete {LINK}", f"docker volume rm {VOLUME}"):
        assert command in warning["fix"].splitlines()
        run(*command.split())
    assert checks(place)["leftovers"]["warnings"] == []


def test_kvm_that_is_asked_for_and_does_not_boot_is_refused(place: Cloud) -> None:
    if checks(place)["kvm"]["looked"].startswith("guests run on KVM"):
        pytest.skip("KVM works here")
    write(place, "nova_compute_virt_type: kvm\n")
    ran = place.run("check")
    assert ran.code == 1
    assert "The settings ask for KVM, and a guest does not boot with it" in ran.out
    assert "globals.yml:2" in ran.out


def test_an_override_that_is_malformed_is_refused_with_its_line(place: Cloud) -> None:
    (place.config / "config").mkdir()
    (place.config / "config" / "nova.conf").write_text("[DEFAULT]\nnonsense\n")
    for words in (("check",), ("plan",), ("up", "--no-verify")):
        ran = place.run(*words)
        assert ran.code == 1
        assert "config/nova.conf:2" in ran.err
        assert "Traceback" not in ran.text
