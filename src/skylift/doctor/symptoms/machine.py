"""The machine that the cloud runs on: disk, memory, forwarding, bridges."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, finding, size
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.patient_infra import MachineFacts

DISK_FULL, DISK_LOW = 0.5e9, 2e9
"""Bytes free: databases stop, or will soon. RabbitMQ holds publishers back at 256 MB."""
FILES_LOW = 0.01
MEMORY_LOW = 300e6
STALLED = 0.2
RECENT = 3600.0


def find(patient: Patient) -> Iterator[Sign]:
    """Yield signs of a machine that cannot carry the cloud."""
    machine = patient.machine
    if machine is None:
        return
    yield from _disk(machine)
    yield from _memory(machine)
    yield from _network(machine)


def _disk(machine: MachineFacts) -> Iterator[Sign]:
    free, command = machine.disk_free, f"df {machine.disk_path}"
    if free is not None and free < DISK_LOW:
        full = free < DISK_FULL
        yield Sign(
            finding(
                "disk-full" if full else "disk-low",
                "error" if full else "warning",
                "The disk of the container engine is full"
                if full
                else "The disk of the container engine is nearly full",
                "databases, the broker's queues, images and guests' disks lie on it: what cannot write stops",
                [Evidence(f"{size(free)} free of {size(machine.disk_total or 0)}", command, 0.0)],
                "docker system df\nskylift images prune\ndocker image prune",
                machine.disk_path,
            ),
            Layer.MACHINE,
        )
    if machine.files_free is not None and machine.files_free < FILES_LOW:
        yield Sign(
            finding(
                "disk-full",
                "error",
                "The disk of the container engine is full",
                "it can hold no more files, however large",
                [Evidence(f"{machine.files_free:.1%} of its inodes are free", f"df -i {machine.disk_path}", 0.0)],
                f"docker system df\nfind {machine.disk_path} -xdev -type d -size +1M",
                machine.disk_path,
            ),
            Layer.MACHINE,
        )


def _memory(machine: MachineFacts) -> Iterator[Sign]:
    free = machine.memory_available
    stalled = machine.stalled or 0.0
    if (free is not None and free < MEMORY_LOW) or stalled > STALLED:
        evidence = [Evidence(f"{size(free or 0)} available of {size(machine.memory)}", "/proc/meminfo", 0.0)]
        if machine.stalled is not None:
            evidence.append(
                Evidence(f"everything waited for memory {stalled:.0%} of the last minute", "/proc/pressure/memory", 0.0)
            )
        yield Sign(
            finding(
                "memory-low",
                "error",
                "The machine has hardly any memory left",
                "programs wait for memory, or are killed by the kernel; answers come late or not at all",
                evidence,
                "ps aux --sort=-rss | head\nskylift openstack server list --all-projects   (which are not needed?)",
            ),
            Layer.MACHINE,
        )
    recent = [(what, age) for what, age in machine.killed if age < RECENT]
    if recent:
        yield Sign(
            finding(
                "memory-killed",
                "warning",
                "The kernel killed programs for want of memory",
                "what was killed is started again, and will be killed again while memory is short",
                [Evidence(what, "dmesg", age) for what, age in recent[:3]],
                "ps aux --sort=-rss | head",
            ),
            Layer.MACHINE,
            (("memory-low", ""),),
        )


def _network(machine: MachineFacts) -> Iterator[Sign]:
    if machine.downed:
        yield Sign(
            finding(
                "bridge-down",
                "error",
                "A network of the cloud is down on this machine",
                "the bridge through which containers and floating IPs are reached does not work",
                [Evidence("down or gone", f"ip link show {name}", 0.0) for name in machine.downed],
                "\n".join(f"ip link set {name} up" for name in machine.downed),
                machine.downed[0],
            ),
            Layer.MACHINE,
        )
    if machine.forwarding is False:
        yield Sign(
            finding(
                "no-forwarding",
                "error",
                "The machine does not forward packets between its networks",
                "guests do not reach the outside, and floating IPs are not reached from elsewhere",
                [Evidence("0", "/proc/sys/net/ipv4/ip_forward", 0.0)],
                "sysctl -w net.ipv4.ip_forward=1",
            ),
            Layer.MACHINE,
        )
    if machine.nat_by_engine is False:
        yield Sign(
            finding(
                "no-nat",
                "error",
                "The container engine does not translate addresses",
                "its rules are not in the packet filter: somebody flushed it, or the engine was told to keep off",
                [Evidence("none of the engine's rules", "iptables -t nat -S", 0.0)],
                f"Restart the container engine, which puts its rules back; then: {FIX}",
            ),
            Layer.MACHINE,
        )
