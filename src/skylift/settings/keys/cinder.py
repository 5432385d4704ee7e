"""Keys on block storage: where Cinder keeps volumes and their backups."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class CinderKeys(BaseModel, frozen=True, defer_build=True):
    """Block storage (Cinder)"""

    cinder_backend_ceph: bool | None = Field(
        None,
        json_schema_extra={"follows": "enable_ceph"},
        description="Keep volumes in Ceph: volume type `rbd-1`.",
    )
    enable_cinder_backend_lvm: bool = Field(
        False,
        description="Keep volumes in the LVM volume group `cinder_volume_group`: volume type `lvm-1`. "
        "Takes a kernel with device mapper and iSCSI, and nodes that are hosts: refused on contained ones.",
    )
    enable_cinder_backend_nfs: bool = Field(
        False,
        description="Keep volumes in files on the shares listed in the override file `cinder/nfs_shares`: volume type "
        "`nfs-1`. Takes a kernel with an NFS client, and nodes that are hosts: refused on contained ones.",
    )
    cinder_volume_group: str = Field(
        "cinder-volumes",
        pattern=r"^\.{0,2}[A-Za-z0-9_+][A-Za-z0-9_+.-]{0,124}$",
        json_schema_extra={"rule": "must be the name of an LVM volume group"},
        description="The LVM volume group of the backend `lvm-1`.",
    )
    enable_cinder_backup: bool | None = Field(
        None,
        json_schema_extra={"follows": "enable_cinder"},
        description="Back volumes up (`cinder_backup`).",
    )
    cinder_backup_driver: Literal["ceph", "nfs", "posix"] | None = Field(
        None,
        description="Where backups go. Unset: `ceph` where Ceph is on, else `nfs` where `cinder_backup_share` is set, "
        "else `posix`: files in the engine's volume `cinder`.",
    )
    cinder_backup_share: str = Field(
        "",
        pattern=r"^$|^[^\s:]+:/[^\s]*$",
        json_schema_extra={"rule": "must be a share of NFS like host:/path"},
        description="The share of NFS that backups go to.",
    )
    cinder_backup_mount_options_nfs: str = Field(
        "", pattern=r"^[^\s]*$", json_schema_extra={"rule": "must be mount options, joined by commas"},
        description="Mount options of that share.",
    )  # fmt: skip
