"""Disks as the kernel's files show them, in a folder made up for it; the disks' bytes are files too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skylift.model.host import BlockDevice
from skylift.observed.devices import block_devices

LABEL = "donn\u00e9es".encode("latin-1")
"""Not UTF-8: what made a search for disks fail elsewhere."""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """sda: mounted, with a partition; sdb: a file system with such a label; sdc: swap; dm-0 on sdd; sde: no disk."""
    for name, number in (("sda", "8:0"), ("sdb", "8:16"), ("sdc", "8:32"), ("sdd", "8:48"), ("sde", "8:64")):
        write(tmp_path / "sys" / name / "dev", f"{number}\n")
        write(tmp_path / "sys" / name / "size", "0\n" if name == "sde" else "20480\n")
        write(tmp_path / "sys" / name / "ro", "0\n")
        write(tmp_path / "dev" / name, bytes(1 << 16))
    write(tmp_path / "sys/sda/sda1/partition", "1\n")
    write(tmp_path / "sys/sda1/partition", "1\n")
    write(tmp_path / "sys/sda1/dev", "8:1\n")
    write(tmp_path / "sys/sda1/size", "2048\n")
    write(tmp_path / "sys/sdb/device/serial", b"  WD-42\xff \n")
    write(tmp_path / "sys/sdd/holders/dm-0/uevent", "")
    ext = bytearray(1 << 16)
    ext[1080:1082], ext[1144 : 1144 + len(LABEL)] = b"\x53\xef", LABEL
    write(tmp_path / "dev/sdb", bytes(ext))
    (tmp_path / "dev/disk/by-label").mkdir(parents=True)
    (tmp_path / "dev/disk/by-label" / os.fsdecode(LABEL)).symlink_to("../../sdb")
    write(tmp_path / "proc/self/mountinfo", "22 1 8:1 / /srv/my\\040data rw - ext4 /dev/root rw\nbroken\n")
    write(tmp_path / "proc/swaps", "Filename Type\n/dev/sdc partition 1 0 -2\n")
    return tmp_path


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def look(machine: Path) -> dict[str, BlockDevice]:
    found = block_devices(machine / "sys", machine / "dev", machine / "proc/self")
    return {Path(device.path).name: device for device in found}


def test_whole_disks_that_have_a_size(machine: Path) -> None:
    found = look(machine)
    assert list(found) == ["sda", "sdb", "sdc", "sdd"]
    assert found["sdc"].size == 20480 * 512


def test_uses_of_a_disk_and_of_its_partitions(machine: Path) -> None:
    found = look(machine)
    assert found["sda"].uses == ("sda1: mounted at /srv/my data",)
    assert found["sda"].content == ("partitions sda1",)
    assert found["sdc"].uses == ("sdc: used as swap",)
    assert found["sdd"].uses == ("sdd is part of dm-0",)


def test_labels_and_serials_are_bytes(machine: Path) -> None:
    found = look(machine)["sdb"]
    assert found.content == ("ext2/3/4 file system «donn\\xe9es»",)
    assert found.serial == "WD-42\\xff"
    assert len(found.names) == 2
    assert found.names[1].encode("utf-8", "surrogateescape").endswith(b"/by-label/" + LABEL)


def test_a_disk_that_cannot_be_read_says_why(machine: Path) -> None:
    (machine / "dev/sdc").unlink()
    assert look(machine)["sdc"].unreadable == "No such file or directory"


def test_a_machine_that_shows_nothing(tmp_path: Path) -> None:
    assert block_devices(tmp_path / "none", tmp_path, tmp_path) == ()
