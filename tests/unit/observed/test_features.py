"""Parts of the kernel are found wherever they show themselves, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from skylift import services
from skylift.observed.features import FEATURES, features


def write(root: Path, name: str, text: str = "") -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("proc/misc", "236 device-mapper\n235 autofs\n", "device mapper"),
        ("proc/filesystems", "nodev\tproc\nnodev\tnfs\n\text4\n", "NFS client"),
        ("sys/module/iscsi_tcp/version", "", "iSCSI initiator"),
        ("lib/modules/6.1.0/modules.dep", "kernel/drivers/md/dm-mod.ko.xz:\n", "device mapper"),
        ("lib/modules/6.1.0/modules.dep", "kernel/fs/nfs/nfs.ko: kernel/net/sunrpc/sunrpc.ko\n", "NFS client"),
        (
            "lib/modules/6.1.0/modules.builtin",
            "kernel/drivers/target/iscsi/iscsi_target_mod.ko\n",
            "iSCSI target",
        ),
    ],
)
def test_each_is_found_where_it_shows_itself(tmp_path: Path, name: str, text: str, found: str) -> None:
    write(tmp_path, name, text)
    assert features(tmp_path, "6.1.0") == {found}


def test_a_kernel_without_any_has_none(tmp_path: Path) -> None:
    # Server of NFS, a module that only begins alike, and the modules of another kernel.
    write(tmp_path, "proc/filesystems", "nodev\tnfsd\nnodev\trpc_pipefs\n")
    write(tmp_path, "lib/modules/6.1.0/modules.dep", "kernel/fs/nfs/nfsv4.ko:\nkernel/drivers/md/dm-mod-x.ko:\n")
    write(tmp_path, "lib/modules/6.12.0/modules.dep", "kernel/drivers/md/dm-mod.ko:\n")
    assert features(tmp_path, "6.1.0") == frozenset()


def test_what_services_need_of_the_kernel_can_be_found() -> None:
    needed = {feature for service in services.load() for need in service.kernel for feature in need.features}
    assert needed == set(FEATURES)
