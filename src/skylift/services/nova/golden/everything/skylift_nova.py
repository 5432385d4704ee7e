"""Nova's libvirt driver, for a cloud that began with disks in files and was given Ceph later.

Nova takes one place for the disks of all guests. A guest made before would not start again: its disk is looked for in
the pool. Here, who has a disk in a file keeps it there; all others have theirs where nova.conf says.
"""

from pathlib import Path
from typing import Any

from nova.virt.libvirt import driver, imagebackend
from nova.virt.libvirt import utils as libvirt_utils

# It is made anew with each start, and belongs where nova.conf says.
CONFIG_DRIVE = "disk.config"


class Backend(imagebackend.Backend):
    """Chooses where a disk is by where it lies."""

    def by_name(self, instance: Any, name: str, image_type: Any = None, disk_info_mapping: Any = None) -> Any:
        """Return the disk ``name`` of a guest, as Nova does."""
        folder = Path(libvirt_utils.get_instance_path(instance))
        if image_type in (None, "default", "rbd") and name != CONFIG_DRIVE and (folder / "disk").is_file():
            image_type = "qcow2" if driver.CONF.use_cow_images else "raw"
        return super().by_name(instance, name, image_type, disk_info_mapping)


class Driver(driver.LibvirtDriver):
    """The driver with that choice."""

    def __init__(self, virtapi: Any, read_only: bool = False) -> None:
        super().__init__(virtapi, read_only)
        self.image_backend = Backend(driver.CONF.use_cow_images)
