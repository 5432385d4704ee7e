"""Ceph: block storage for images, guests' disks and volumes.

Sources: the daemons' options are those of Ceph 18 (docs.ceph.com/en/reef/rados/configuration); names of containers are
those that Kolla had while it deployed Ceph itself. Every daemon runs as ceph, without a capability.

Monitors know each other by the key ``mon.`` of their file; all other keys are what the job ``ceph_keys`` tells them.
"""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Password, Service
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Job, Storage
from skylift.model.service_image import Image, Packages
from skylift.services.common.ceph import JOB, OVERRIDE

USER = "ceph"
VOLUME = "ceph_osd"
"""Holds the file or, for devices, the record of whose they are."""
CONF = ConfigFile("daemons.conf.j2", "/etc/ceph/ceph.conf", USER, override=OVERRIDE)
STATE = ConfigFile("state.py.j2", "/usr/local/bin/ceph_state", "root", "0755")
ADMIN = ConfigFile("ceph.client.admin.keyring.j2", "/etc/ceph/ceph.client.admin.keyring", USER)
GUESTS = "running guests hold it, and would lose their disks within the hour"


def program(name: str) -> ConfigFile:
    """Return a program of ours: ``NAME.py.j2``, called ``ceph_NAME``."""
    return ConfigFile(f"{name}.py.j2", f"/usr/local/bin/ceph_{name}", "root", "0755")


def owned(path: str) -> tuple[tuple[str, str], ...]:
    """Return who owns a volume that is made anew."""
    return ((path, f"{USER}:{USER}"),)


SERVICE = Service(
    name="ceph",
    title="Storage",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="ceph_mon",
            image=Image("ceph-mon", "ceph", USER),
            command="/usr/local/bin/ceph_mon_start",
            files=(
                CONF,
                program("mon_start"),
                program("report"),
                program("contents"),
                program("trial"),
                STATE,
                ADMIN,
                ConfigFile("ceph.mon.keyring.j2", "/etc/ceph/ceph.mon.keyring", USER),
            ),
            check=CommandCheck(("ceph_state", "mon")),
            storage=(Storage("ceph_mon", "/var/lib/ceph/mon", "what the monitors know", data=True),),
            permissions=owned("/var/lib/ceph/mon"),
            outage="new connections to Ceph",
            report=("ceph_report",),
            contents=("ceph_contents",),
            weight=2,
        ),
        Container(
            name="ceph_mgr",
            image=Image("ceph-mgr", "ceph", USER),
            command="ceph-mgr -f -i {node}",
            files=(CONF, STATE, ConfigFile("ceph.mgr.keyring.j2", "/etc/ceph/ceph.mgr.keyring", USER)),
            check=CommandCheck(("ceph_state", "mgr")),
            after=("ceph_keys",),
            outage="Ceph's own statistics",
            weight=2,
        ),
        Container(
            name="ceph_osd",
            image=Image("ceph-osd", "ceph", USER),
            role="compute",
            command="/usr/local/bin/ceph_osd_start",
            files=(
                CONF,
                program("osd_start"),
                STATE,
                ConfigFile("ceph.osd.keyring.j2", "/etc/ceph/ceph.osd.keyring", USER),
            ),
            check=CommandCheck(("ceph_state", "osd")),
            after=("ceph_keys",),
            storage=(Storage(VOLUME, "/var/lib/ceph/osd", "all data in Ceph", data=True),),
            devices_from="ceph_osd_devices",
            permissions=owned("/var/lib/ceph/osd"),
            outage="images, volumes and disks of guests in Ceph",
            guests="running guests wait for their disks meanwhile",
            # It writes out what it holds.
            grace=60,
            weight=2,
        ),
    ),
    jobs=(
        Job(
            name="ceph_keys",
            like="ceph_mon",
            command="/usr/local/bin/ceph_keys",
            files=(program("keys"), ConfigFile("ceph.keys.j2", "/etc/ceph/ceph.keys", USER)),
            after=("ceph_mon",),
            timeout=60,
        ),
        Job(
            name=JOB,
            like="ceph_mon",
            command="/usr/local/bin/ceph_pools",
            files=(program("pools"),),
            after=("ceph_mgr", "ceph_osd"),
            timeout=150,
        ),
    ),
    passwords=(
        Password("ceph_cluster_fsid", "uuid", "it is the cluster's name for itself, and its disks bear it"),
        Password("ceph_mon_key", "cephx"),
        Password("ceph_admin_key", "cephx"),
        Password("ceph_mgr_key", "cephx"),
        Password("ceph_osd_key", "cephx"),
        Password("ceph_glance_key", "cephx"),
        Password("ceph_cinder_key", "cephx", GUESTS),
        Password("ceph_cinder_backup_key", "cephx"),
        Password("ceph_nova_key", "cephx", GUESTS),
        Password("rbd_secret_uuid", "uuid", "the definitions of guests name it"),
        Password("cinder_rbd_secret_uuid", "uuid", "the definitions of guests name it"),
    ),
    enabled_by="enable_ceph",
    enabled_default=False,
    package="deb:ceph-osd",
    notes="notes.j2",
    memory=200,
    proofs=("ceph", "ceph-disks"),
    packages=(Packages("ceph", debian=("ceph-mon", "ceph-mgr", "ceph-osd", "ceph-common")),),
)
