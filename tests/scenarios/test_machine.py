"""The machine is tried for real: a guest that boots, one that hangs, and what is read in how much time.

SKYLIFT_TEST_QEMU_IMAGE names another image with QEMU than the project's own.
"""

from __future__ import annotations

import os
import time
from ipaddress import IPv4Network

import pytest

from skylift.engines import Engine
from skylift.engines.look import holdings
from skylift.engines.trial import PREFIX, try_command
from skylift.observed.host import read_host
from skylift.observed.kvm import BOOTED, KILLED, command, judge, try_kvm
from skylift.observed.machine import read_machine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

IMAGE = os.environ.get("SKYLIFT_TEST_QEMU_IMAGE", "skylift/nova-libvirt:2026.2-debian-trixie")
ENDLESS = (b"\xf4\xeb\xfd".ljust(510, b"\0")) + b"\x55\xaa"
"""A boot sector that halts and says nothing: to the trial it is a guest that hangs."""


async def trials(engine: Engine) -> list[str]:
    return [one.name for one in (await holdings(engine)).objects if one.name.startswith(PREFIX)]


async def test_the_boot_sector_boots_where_guests_run() -> None:
    """The control: were the sector wrong, every machine would be judged to have no KVM."""
    async with await Engine.open() as engine:
        result = await try_command(engine, IMAGE, command("tcg", 30), seconds=45)
        assert (result.exit_code, result.output) == (BOOTED, "")
        assert judge(result, 30, 1.0)[0] == "kvm"


async def test_a_guest_that_hangs_is_given_up_in_time() -> None:
    async with await Engine.open() as engine:
        begin = time.monotonic()
        result = await try_command(engine, IMAGE, command("tcg", 2, ENDLESS), seconds=45)
        assert result.exit_code == KILLED
        assert time.monotonic() - begin >= 2
        assert judge(result, 2, 2.0)[0] == "qemu"
        assert await trials(engine) == []


async def test_a_container_that_does_not_end_is_taken_away() -> None:
    async with await Engine.open() as engine:
        result = await try_command(engine, IMAGE, ("sleep", "60"), seconds=0.5)
        assert result.exit_code is None
        assert await trials(engine) == []


async def test_an_image_that_is_not_there_is_a_reason_and_no_failure() -> None:
    async with await Engine.open() as engine:
        verdict = await try_kvm(engine, "skylift/no-such-image:0")
    assert verdict.virt_type == "qemu"
    assert verdict.why


async def test_the_machine_is_found_out_within_seconds() -> None:
    async with await Engine.open() as engine:
        begin = time.monotonic()
        machine = await read_machine(engine, IMAGE)
        spent = time.monotonic() - begin
        assert await trials(engine) == []
    assert spent < 15
    assert machine.virt_type in ("kvm", "qemu")
    assert machine.virt_why
    assert machine.datapath in ("system", "netdev")
    assert machine.datapath_why
    assert machine.cpus > 0
    assert machine.memory > 1 << 30
    assert machine.engine.split()[0] in ("Docker", "Podman")


async def test_the_host_is_read_within_a_second() -> None:
    async with await Engine.open() as engine:
        begin = time.monotonic()
        host = await read_host(engine, "skylift-test-no-such-cloud")
        assert time.monotonic() - begin < 2
        held = await holdings(engine)
        host = await read_host(engine, "skylift-test-no-such-cloud", known=held)
    assert {subnet.subnet for subnet in held.subnets} <= {entry.network for entry in host.taken}
    assert IPv4Network("127.0.0.0/8") in {entry.network for entry in host.taken}
    assert host.engine.version
    assert host.memory_available is not None
    assert {"lo"} <= {one.name for one in host.interfaces}
