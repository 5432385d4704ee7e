"""Whether guests can run on KVM: one is booted, since only that tells.

On a nested machine /dev/kvm may be there, open, and pass every check, and guests hang in their firmware all the same.
"""

from __future__ import annotations

import time
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from skylift.engines import Engine
from skylift.engines.trial import TrialResult, try_command
from skylift.model.problem import Problem

KVM = Path("/dev/kvm")
LIMIT = 4
"""Seconds a guest may take from QEMU's start to its answer; with a working KVM it takes a fraction of one."""

ENGINE_SECONDS = 15
EXIT_VALUE = 0x10
# isa-debug-exit ends QEMU with (value << 1) | 1.
BOOTED = EXIT_VALUE << 1 | 1
KILLED = 137
MISSING = (126, 127)


def boot_sector() -> bytes:
    """Return a disk whose first sector says through port 0xf4 (isa-debug-exit) that the machine has booted."""
    code = bytes(
        (
            *(0xBA, 0xF4, 0x00),  # mov dx, 0xf4
            *(0xB0, EXIT_VALUE),  # mov al, EXIT_VALUE
            0xEE,  # out dx, al
            0xF4,  # hlt
            *(0xEB, 0xFD),  # jmp back to the hlt
        )
    )
    # Some firmware ignores a disk smaller than a track.
    return (code.ljust(510, b"\0") + b"\x55\xaa").ljust(64 * 512, b"\0")


def command(accelerator: str, seconds: int = LIMIT, disk: bytes = b"") -> tuple[str, ...]:
    """Return the command that boots the sector under ``accelerator`` (kvm, tcg) and ends with :data:`BOOTED`.

    ``disk`` replaces the boot sector.
    """
    qemu = (
        f"qemu-system-x86_64 -machine pc,accel={accelerator} -cpu {'host' if accelerator == 'kvm' else 'max'} -m 64 "
        "-nodefaults -no-user-config -display none -serial none -monitor none -no-reboot "
        "-device isa-debug-exit,iobase=0xf4,iosize=0x04 -drive file=/tmp/boot,format=raw,if=ide"
    )
    # Only the code need travel; the rest of the disk is empty.
    sector = b64encode((disk or boot_sector())[:512]).decode()
    script = f"echo {sector} | base64 -d > /tmp/boot && truncate -s 32768 /tmp/boot && "
    return ("sh", "-c", script + f"exec timeout -s KILL {seconds} {qemu}")


@dataclass(frozen=True, slots=True)
class KvmVerdict:
    """``virt_type`` is kvm or qemu, ``why`` the reason in words, ``seconds`` what finding out took."""

    virt_type: str
    why: str
    seconds: float


async def try_kvm(engine: Engine, image: str, device: Path = KVM, seconds: int = LIMIT, cloud: str = "") -> KvmVerdict:
    """Boot a guest of one sector with KVM in a throwaway container of ``image`` (nova-libvirt) and judge the end."""
    begin = time.monotonic()
    if not device.exists():  # noqa: ASYNC240 - a device node: nothing to wait for
        return KvmVerdict("qemu", f"this machine has no {device}", 0.0)
    try:
        result = await try_command(
            engine,
            image,
            command("kvm", seconds),
            devices=(str(device),),
            seconds=seconds + ENGINE_SECONDS,
            cloud=cloud,
        )
    except Problem as problem:
        return KvmVerdict("qemu", f"a guest could not be tried: {problem.detail}", time.monotonic() - begin)
    spent = time.monotonic() - begin
    return KvmVerdict(*judge(result, seconds, spent, device), spent)


def judge(result: TrialResult, limit: int, spent: float, device: Path = KVM) -> tuple[str, str]:
    """Return virtualisation type and reason. Pure."""
    if result.exit_code == BOOTED:
        return "kvm", f"a test guest with KVM booted, in {spent:.1f} s with its container"
    if result.exit_code is None or result.exit_code == KILLED:
        return "qemu", f"{device} opens, but a test guest with KVM had not booted after {limit} s"
    lines = [line.strip() for line in result.output.splitlines() if line.strip()]
    said = f": {lines[-1]}" if lines else ""
    if result.exit_code in MISSING:
        return "qemu", f"a guest could not be tried, the image has no QEMU{said}"
    return "qemu", f"{device} opens, but a test guest with KVM did not start: QEMU ended with {result.exit_code}{said}"
