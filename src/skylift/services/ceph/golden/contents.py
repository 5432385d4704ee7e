#!/usr/bin/python3
"""Name what is in Ceph: one a line, as kind and name; a disk that shares blocks with an image is followed by that."""

import rados
import rbd

POOLS = {
    "image": "images",
    "disk": "vms",
    "volume": "volumes",
    "backup": "backups",
}


def parent(pool: rados.Ioctx, name: str) -> str:
    """Return what a disk was copied from, or nothing."""
    try:
        with rbd.Image(pool, name, read_only=True) as image:
            return image.get_parent_image_spec()["image_name"]
    except rbd.ImageNotFound:
        return ""


def main() -> None:
    """List all pools that are there."""
    with rados.Rados(name="client.admin", conffile="/etc/ceph/ceph.conf") as cluster:
        for kind, name in POOLS.items():
            if cluster.pool_exists(name):
                with cluster.open_ioctx(name) as pool:
                    for one in rbd.RBD().list(pool):
                        print(kind, one, parent(pool, one) if kind == "disk" else "")


main()
