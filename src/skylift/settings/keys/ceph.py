"""Keys on Ceph: what its data lie on, its pools and users, and who keeps what in it."""

from __future__ import annotations

from pydantic import BaseModel, Field, JsonValue

from skylift.settings.keys.types import Devices, Words

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
_RULE: dict[str, JsonValue] = {"rule": "must be letters, digits, and _ - in between"}


def _name(default: str, description: str) -> str:
    field: str = Field(default, pattern=_NAME, json_schema_extra=_RULE, description=description)
    return field


class CephKeys(BaseModel, frozen=True, defer_build=True):
    """Ceph"""

    ceph_osd_devices: Devices = Field(
        (),
        json_schema_extra={"rule": "must be paths of block devices like /dev/sdb, as a list or with commas"},
        description="Whole disks that Ceph keeps its data on, one OSD each. Empty: a sparse file in a volume.",
    )
    ceph_osd_size_gib: int = Field(
        20, ge=5, le=65536, description="The size of that sparse file in GiB; it takes up what is written to it."
    )
    ceph_wipe_devices: Words = Field(
        (),
        json_schema_extra={"rule": "must be paths or serial numbers of devices, as a list or with commas"},
        description="Devices of `ceph_osd_devices`, by path or serial number, whose present content may be destroyed.",
    )
    ceph_osd_memory_mib: int = Field(
        1024, ge=896, le=65536, description="What each OSD tries to keep its memory below (osd_memory_target)."
    )
    ceph_glance_pool_name: str = _name("images", "The pool of images.")
    ceph_cinder_pool_name: str = _name("volumes", "The pool of volumes.")
    ceph_cinder_backup_pool_name: str = _name("backups", "The pool of volumes' backups.")
    ceph_nova_pool_name: str = _name("vms", "The pool of guests' disks.")
    ceph_glance_user: str = _name("glance", "Glance's user in Ceph.")
    ceph_cinder_user: str = _name("cinder", "Cinder's user in Ceph, which guests use for volumes too.")
    ceph_cinder_backup_user: str = _name("cinder-backup", "The user in Ceph of Cinder's backups.")
    ceph_nova_user: str = _name("nova", "Nova's user in Ceph.")
    glance_backend_ceph: bool = Field(True, description="Whether new images are kept in Ceph while that is on.")
    nova_backend_ceph: bool = Field(True, description="Whether disks of new guests are kept in Ceph while that is on.")
