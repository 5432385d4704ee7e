"""Which disks Ceph may have, and what is said of those that it may not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.doctor.machines import GOOD, on

from skylift.doctor.prechecks.context import GIB, Context, Storage
from skylift.doctor.prechecks.storage import check, obstacle
from skylift.model.host import BlockDevice

FREE = BlockDevice("/dev/sdb", 100 * GIB, ("/dev/sdb", "/dev/disk/by-id/wwn-1"), "S1")
OSD = "135f1a9e-0acf-5ddf-a171-a7e523cd950c"


def asked(*devices: BlockDevice, names: tuple[str, ...] = ("/dev/sdb",), wiped: tuple[str, ...] = ()) -> Context:
    """A machine with these disks, on which Ceph is to have those of these names."""
    return replace(on(devices=devices), storage=Storage(names, wiped, (OSD,), where="globals.yml:3"))


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (FREE, ""),
        (replace(FREE, content=("ext2/3/4 file system «donn\u00e9es»",)), "it holds ext2/3/4 file system «données»"),
        (replace(FREE, content=("partitions: «root» of 9 MiB",)), "it holds partitions: «root» of 9 MiB"),
        (replace(FREE, content=("physical volume of LVM",)), "it holds physical volume of LVM"),
        (replace(FREE, uses=("sdb1: mounted at /srv",)), "sdb1: mounted at /srv"),
        (replace(FREE, read_only=True), "it is read-only"),
        (replace(FREE, size=GIB), "it has 1.0 GiB, and 5.0 GiB are the least"),
        (replace(FREE, unreadable="Permission denied"), "it cannot be read: Permission denied"),
        (replace(FREE, content=(f"disk of Ceph's OSD {OSD}",), osd=OSD), ""),
        (replace(FREE, content=("disk of Ceph's OSD x",), osd="x"), "it holds disk of Ceph's OSD x"),
    ],
)
def test_a_disk_is_free_or_there_is_a_reason(device: BlockDevice, reason: str) -> None:
    assert obstacle(device, (OSD,)) == reason


@pytest.mark.parametrize("name", ["/dev/sdb", "/dev/disk/by-id/wwn-1", "S1"])
def test_content_goes_where_that_was_asked_for_by_path_or_serial(name: str) -> None:
    full = replace(FREE, content=("XFS file system",))
    assert obstacle(full, (), (name,)) == ""
    assert obstacle(full, (), ("/dev/sdc",)) != ""


def test_what_is_in_use_is_refused_whatever_was_asked_for() -> None:
    mounted = replace(FREE, content=("XFS file system",), uses=("sdb: mounted at /",))
    assert obstacle(mounted, (), ("/dev/sdb",)) == "sdb: mounted at /"


def test_a_disk_without_serial_is_not_meant_by_an_empty_word() -> None:
    assert obstacle(replace(FREE, serial="", content=("swap space",)), (), ("",)) != ""


def test_every_disk_is_listed_with_its_reason_when_none_is_usable() -> None:
    system = BlockDevice("/dev/sda", 50 * GIB, ("/dev/sda",), "S0", uses=("sda1: mounted at /",))
    found = check(
        asked(system, replace(FREE, content=("physical volume of LVM",)), replace(FREE, path="/dev/sdc", names=()))
    )
    assert found is not None
    assert (found.code, found.summary, found.where) == ("storage-device", "Ceph has no usable device", "globals.yml:3")
    assert found.detail.splitlines() == [
        "/dev/sdb: it holds physical volume of LVM",
        "seen on this machine:",
        "  /dev/sda (50.0 GiB, serial S0): sda1: mounted at /",
        "  /dev/sdb (100.0 GiB, serial S1): it holds physical volume of LVM",
        "  /dev/sdc (100.0 GiB, serial S1): free",
    ]
    assert "ceph_wipe_devices: [/dev/sdb]" in found.fix


def test_a_disk_that_is_not_there_is_named() -> None:
    found = check(asked(FREE, names=("/dev/sdb", "/dev/sdz")))
    assert found is not None
    assert (found.summary, found.detail.splitlines()[0]) == (
        "Ceph has no usable device",
        "/dev/sdz: there is no such disk",
    )


def test_free_disks_and_a_cloud_without_ceph_pass() -> None:
    assert check(asked(FREE)) is None
    assert check(GOOD) is None
    assert check(replace(GOOD, storage=Storage(file_bytes=20 * GIB))) is None
