"""What Ceph would write to must be free: nothing that somebody may still want is on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skylift.doctor.prechecks.context import GIB, Context, size
from skylift.model.host import BlockDevice
from skylift.model.problem import Problem

SMALLEST = 5 * GIB
"""Below this, Ceph has room for its own records and little else."""


def obstacle(device: BlockDevice, ours: Iterable[str] = (), wiped: Iterable[str] = ()) -> str:
    """Return why a device must not be used, empty when it may be.

    ``ours`` are UUIDs of OSDs whose disks are to be found again; ``wiped`` are paths and serial numbers of devices
    whose content may go. What is in use is refused whatever was asked for.
    """
    if device.read_only:
        return "it is read-only"
    if device.size < SMALLEST:
        return f"it has {size(device.size)}, and {size(SMALLEST)} are the least"
    if device.uses:
        return "; ".join(device.uses)
    if device.unreadable:
        return f"it cannot be read: {device.unreadable}"
    if device.osd and device.osd in set(ours):
        return ""
    called = {*device.names, device.path, device.serial} - {""}
    if device.content and not called & {*wiped}:
        return "it holds " + "; ".join(device.content)
    return ""


def check(context: Context) -> Problem | None:
    """Refuse devices that hold something or are in use, and a file that is larger than the disk it lies on."""
    storage = context.storage
    if storage is None:
        return None
    if not storage.devices:
        return _file(context, storage.file_bytes)
    by_name = {name: device for device in context.host.devices for name in (*device.names, device.path)}
    reasons = {device.path: obstacle(device, storage.ours, storage.wiped) for device in context.host.devices}
    refused = {
        name: reasons[by_name[name].path] if name in by_name else "there is no such disk" for name in storage.devices
    }
    refused = {name: reason for name, reason in refused.items() if reason}
    if not refused:
        return None
    first = next(iter(refused))
    holds = first in by_name and refused[first].startswith("it holds")
    return Problem(
        code="storage-device",
        summary="Ceph has no usable device",
        detail="\n".join(
            [*(f"{name}: {reason}" for name, reason in refused.items()), *_seen(context.host.devices, reasons)]
        ),
        fix=f"Name a free disk in ceph_osd_devices, or have all of it destroyed: ceph_wipe_devices: [{first}]"
        if holds
        else "Name a free disk in ceph_osd_devices, or leave it out and Ceph has a file.",
        where=storage.where,
    )


def _file(context: Context, wanted: int) -> Problem | None:
    free = context.host.disk_free
    if free is None or free >= wanted or not wanted:
        return None
    return Problem(
        code="storage-file",
        summary="The file for Ceph's data would be larger than the room for it",
        detail=f"it may grow to {size(wanted)}, and {size(free)} are free on the engine's disk",
        fix=f"Set ceph_osd_size_gib in globals.yml to {max(5, int(free / GIB * 0.8))} or less, or free some room.",
        where=context.host.engine.data_root,
    )


def _seen(devices: Iterable[BlockDevice], reasons: Mapping[str, str]) -> Iterable[str]:
    """Yield a line for each disk of the machine: free, or why it was passed over."""
    lines = [
        f"  {device.path} ({size(device.size)}{f', serial {device.serial}' if device.serial else ''}): "
        f"{reasons[device.path] or 'free'}"
        for device in devices
    ]
    return ["seen on this machine:", *lines] if lines else ["no disk was seen on this machine"]


def looked(context: Context) -> str:
    """Name what Ceph will write to."""
    storage = context.storage
    if storage is None:
        return "Ceph is off: no disk is touched"
    if storage.devices:
        return f"{', '.join(storage.devices)} for Ceph"
    return f"a file of {size(storage.file_bytes)} for Ceph" if storage.file_bytes else "Ceph has its file"
