"""What a service needs that keeps something in Ceph: the configuration of a client, and its key."""

from __future__ import annotations

from typing import Literal

from skylift.model.service_container import ConfigFile, Override

User = Literal["glance", "cinder", "cinder-backup", "nova"]
JOB = "ceph_pools"
"""The job after which pools and keys are there: what uses them waits for it (``after``)."""

OVERRIDE = Override(("ceph.conf",), how="oslo")


def ceph_files(user: User, owner: str) -> tuple[ConfigFile, ...]:
    """Return ceph.conf and the keyring of one of the declared users, for a program that runs as ``owner``.

    A container has them while ceph is on. A program that has several users is given each once:
    ``(*ceph_files("cinder", "cinder"), keyring("cinder-backup", "cinder"))``.
    """
    conf = ConfigFile("common/ceph.conf.j2", "/etc/ceph/ceph.conf", owner, override=OVERRIDE, needs="ceph")
    return (conf, keyring(user, owner))


def keyring(user: User, owner: str) -> ConfigFile:
    """Return the keyring alone. Its place is the same whatever the user is called: ceph.conf says where it is."""
    name = f"ceph.client.{user}.keyring"
    return ConfigFile(f"common/{name}.j2", f"/etc/ceph/{name}", owner, needs="ceph")
