"""The machine: disk, memory, what the kernel killed, forwarding, the cloud's bridges."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from skylift.model.patient_infra import MachineFacts
from skylift.observed import kernel
from skylift.observed.patient.bed import Bed
from skylift.observed.rules import read_rules

PART, SOURCE = "machine", "df, free, dmesg"
KILLED = re.compile(r"Killed process \d+ \(([^)]{1,64})\)|oom-kill:.{0,500}?task=([^,]{1,64}),pid=")
GROUP = re.compile(r"task_memcg=\S{0,300}?([0-9a-f]{64})")
RECORDS = 20_000


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``machine``."""
    info = await bed.engine.info()
    folder = str(info.get("DockerRootDir", ""))
    total, available = kernel.memory()
    rules = await read_rules()
    free, whole, files = _disk(folder)
    ids = {state.engine_id: name for name, state in bed.states.items()}
    return {
        "machine": MachineFacts(
            disk_path=folder,
            disk_free=free,
            disk_total=whole,
            files_free=files,
            memory=total,
            memory_available=available,
            stalled=stalled(Path("/proc/pressure/memory")),
            killed=tuple(killed(_records(), _uptime(), ids)),
            forwarding=kernel.forwarding(),
            nat_by_engine=rules.engine,
            downed=tuple(downed([network.bridge for network in bed.cloud.networks])),
        )
    }


def _disk(folder: str) -> tuple[int | None, int | None, float | None]:
    try:
        state = os.statvfs(folder)
    except OSError:
        return None, None, None
    # Some file systems have no fixed number of inodes.
    files = state.f_favail / state.f_files if state.f_files else None
    return state.f_bavail * state.f_frsize, state.f_blocks * state.f_frsize, files


def stalled(path: Path) -> float | None:
    """Return the share of the last minute in which everything waited for memory, from a file of /proc/pressure."""
    try:
        text = path.read_text()
    except OSError:
        return None
    match = re.search(r"^full .*?avg60=([0-9.]+)", text, re.MULTILINE)
    return float(match[1]) / 100 if match else None


def _uptime() -> float:
    try:
        return float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0.0


def _records() -> Iterator[str]:
    """Yield the kernel's messages, oldest first; none where they may not be read."""
    try:
        descriptor = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        for _ in range(RECORDS):
            try:
                yield os.read(descriptor, 8192).decode(errors="replace")
            except BrokenPipeError:
                continue  # overwritten meanwhile
            except OSError:
                return
    finally:
        os.close(descriptor)


def killed(records: Iterator[str], uptime: float, ids: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Yield what the kernel killed of this cloud for want of memory, with its age. ``ids`` names containers by id.

    Each record is the kernel's: ``PRIORITY,NUMBER,MICROSECONDS,FLAGS;TEXT``.
    """
    for record in records:
        head, _, text = record.partition(";")
        if "oom-kill:" not in text:
            continue
        group, task = GROUP.search(text), KILLED.search(text)
        if group is None or task is None or group[1] not in ids:
            continue
        parts = head.split(",")
        since = float(parts[2]) / 1e6 if len(parts) > 2 and parts[2].isdigit() else 0.0
        yield f"{task[1] or task[2]} in {ids[group[1]]}", max(0.0, uptime - since)


def downed(bridges: list[str], root: Path = Path("/sys/class/net")) -> Iterator[str]:
    """Yield those of the cloud's bridges that are gone or down; nothing where none is on this machine."""
    there = [name for name in bridges if (root / name).exists()]
    for name in bridges if there else []:
        try:
            if not int((root / name / "flags").read_text(), 16) & 1:
                yield name
        except (OSError, ValueError):
            yield name
