#!/usr/bin/python3
"""Start the OSDs of this node. What they write to is made first, unless it is there; what holds other data is refused.

An OSD's folder gets its name when all of it is complete: one that was cut off is begun again.
"""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path

FSID = uuid.UUID("CEPH_CLUSTER_FSID")
# The number of each OSD, and its device; none for a sparse file.
OSDS = {
    0: "",
}
WIPED = []
FOLDERS = Path("/var/lib/ceph/osd")
PART = 1 << 20


def identity(number: int) -> str:
    """Return the OSD's own UUID, by which monitors and devices know it."""
    return str(uuid.uuid5(FSID, f"osd.{number}"))


def found_on(device: str) -> str:
    """Return what is on a device in words, empty for nothing. The monitors' name is on it if it is an OSD of theirs."""
    with open(device, "rb") as file:
        first = file.read(PART)
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - PART))
        last = file.read(PART)
    if first.startswith(b"bluestore block device\n"):
        return "OSD " + first[23:59].decode("ascii", "replace")
    probe = subprocess.run(["blkid", "-p", "-o", "export", device], capture_output=True, check=False)
    kinds = [line[line.index(b"TYPE=") + 5 :] for line in probe.stdout.splitlines() if b"TYPE=" in line]
    if kinds:
        return b" ".join(kinds).decode("ascii", "replace")
    return "data of an unknown kind" if any(first) or any(last) else ""


def serial(device: str) -> str:
    """Return the serial number that the kernel knows of a device, or nothing."""
    for name in ("serial", "wwid"):
        path = Path("/sys/class/block") / Path(device).resolve().name / "device" / name
        if path.is_file():
            return path.read_bytes().decode("utf-8", "replace").strip()
    return ""


def make(number: int, device: str) -> None:
    """Make what OSD ``number`` writes to. Raises SystemExit for a device that holds something."""
    folder = FOLDERS / f"ceph-{number}"
    new = folder.with_suffix(".new")
    if device:
        there = found_on(device)
        begun = new.is_dir() and there in ("", f"OSD {identity(number)}")
        if there and not begun and not {device, serial(device)} & set(WIPED):
            raise SystemExit(f"{device} holds {there}: it is left alone. To destroy that: ceph_wipe_devices: [{device}]")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if device:
        (new / "block").symlink_to(device)
        subprocess.run(["wipefs", "--all", "--force", "--quiet", device], check=True)
        with open(device, "r+b") as file:
            file.write(bytes(PART))
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - PART))
            file.write(bytes(min(PART, end)))
    subprocess.run(
        ["ceph-osd", "--mkfs", "-i", str(number), "--osd-uuid", identity(number), "--osd-data", str(new)], check=True
    )
    os.sync()
    new.rename(folder)


def place(number: int) -> None:
    """Have the OSD's folder lead to the device that bears its name, whatever that is called today."""
    block = FOLDERS / f"ceph-{number}" / "block"
    devices = [device for device in OSDS.values() if device and found_on(device) == f"OSD {identity(number)}"]
    if block.is_symlink() and devices and os.readlink(block) != devices[0]:
        block.unlink()
        block.symlink_to(devices[0])


def supervise(commands: list[list[str]]) -> int:
    """Run all commands until one ends or this process is told to; then end the others. Return the exit code."""
    children = {process.pid: process for process in map(subprocess.Popen, commands)}

    def end(*_: object) -> None:
        for process in children.values():
            process.terminate()

    signal.signal(signal.SIGTERM, end)
    pid, status = os.wait()
    children.pop(pid)
    end()
    for process in children.values():
        process.wait()
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    """Make what is missing, then run."""
    for number, device in OSDS.items():
        if (FOLDERS / f"ceph-{number}").is_dir():
            place(number)
        else:
            make(number, device)
    commands = [["ceph-osd", "-f", "-i", str(number)] for number in OSDS]
    if len(commands) == 1:
        os.execvp("ceph-osd", commands[0])
    sys.exit(supervise(commands))


main()
