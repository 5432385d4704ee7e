"""Cinder: volumes in Ceph, through librbd; LVM and NFS are for nodes that are hosts whose kernel has what these take.

Containers, ports, names of the backends (``rbd-1``, ``lvm-1``, ``nfs-1``) and of the settings are Kolla-Ansible's
(``roles/cinder``, ``group_vars/all/cinder.yml``). Its endpoint has the type ``block-storage``; tools that have not
followed look for ``volumev3``, so that is listed as well.
"""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import (
    ApiObject,
    Choice,
    Database,
    Endpoint,
    KernelNeed,
    OneOf,
    Password,
    Service,
    ServiceUser,
)
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Grant, HttpCheck, Storage
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.ceph import JOB as CEPH_READY
from skylift.services.common.ceph import ceph_files, keyring
from skylift.services.common.overrides import merged, policy, whole
from skylift.services.common.schema import schema_job

FILE = "/etc/cinder/cinder.conf"
CONF = ConfigFile("cinder.conf.j2", FILE, "cinder", override=merged("cinder", extras=(policy("cinder"),)))
SUDOERS = ConfigFile("cinder_sudoers.j2", "/etc/sudoers.d/cinder", "root", "0440")
SHARES = ConfigFile("nfs_shares.j2", "/etc/cinder/nfs_shares", "cinder", override=whole("cinder", "nfs_shares"))
STATE = Storage("cinder", "/var/lib/cinder", "locks, images under conversion; backups where Ceph is off", data=True)
OWNERS = (("/var/lib/cinder", "cinder:cinder"),)
QUEUE = "5672"


def worker(
    name: str,
    files: tuple[ConfigFile, ...] = (),
    after: tuple[str, ...] = (),
    outage: str = "changes of volumes",
    when: str = "",
    weight: int = 1,
    capabilities: tuple[Grant, ...] = (),
) -> Container:
    """Return the container of a program that works off a message queue."""
    return Container(
        name=f"cinder_{name}",
        image=Image(f"cinder-{name}", "openstack", "cinder"),
        command=f"cinder-{name} --config-file {FILE}",
        files=(CONF, *files),
        check=CommandCheck(("healthcheck_port", f"cinder-{name}", QUEUE)),
        after=("cinder_schema", "rabbitmq", *after),
        storage=(STATE,),
        permissions=OWNERS,
        outage=outage,
        grace=5,
        when=when,
        weight=weight,
        capabilities=capabilities,
    )


def volume_type(backend: str, when: str) -> ApiObject:
    """Return the volume type that puts volumes on one backend; it bears the backend's name."""
    return ApiObject("volume_type", backend, (("volume_backend_name", backend), ("public", True)), when)


SERVICE = Service(
    name="cinder",
    title="Block storage",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="cinder_api",
            image=Image("cinder-api", "openstack", "cinder"),
            command="uwsgi --ini /etc/cinder/cinder-api-uwsgi.ini",
            files=(CONF, ConfigFile("cinder-api-uwsgi.ini.j2", "/etc/cinder/cinder-api-uwsgi.ini", "cinder")),
            check=HttpCheck(8776, "/healthcheck", 200),
            after=("cinder_schema",),
            grace=3,
            weight=2,
        ),
        worker("scheduler"),
        worker("volume", (SUDOERS, SHARES, *ceph_files("cinder", "cinder")), (CEPH_READY,), weight=4),
        worker(
            "backup",
            (SUDOERS, *ceph_files("cinder", "cinder"), keyring("cinder-backup", "cinder")),
            (CEPH_READY,),
            outage="backups of volumes",
            when="enable_cinder_backup",
            capabilities=(Grant("SYS_ADMIN", "mounts the share for backups", "cinder_backup_share"),),
        ),
    ),
    jobs=(
        schema_job(
            "cinder",
            "cinder_api",
            (f"cinder={FILE}:database",),
            f"cinder-manage --config-file {FILE} db sync",
        ),
    ),
    databases=(Database("cinder", "cinder", "cinder_database_password"),),
    endpoints=(
        Endpoint("block-storage", "cinder", "OpenStack Block Storage", 8776, "/v3", question="/os-services"),
        Endpoint("volumev3", "cinderv3", "OpenStack Block Storage", 8776, "/v3/%(project_id)s"),
    ),
    user=ServiceUser("cinder", "cinder_keystone_password"),
    passwords=(Password("cinder_database_password"), Password("cinder_keystone_password")),
    requires=("keystone", "glance", "nova", "mariadb", "rabbitmq", "memcached"),
    needs_one=(
        OneOf(
            "somewhere to keep volumes",
            (
                Choice("cinder_backend_ceph", "ceph"),
                Choice("enable_cinder_backend_lvm"),
                Choice("enable_cinder_backend_nfs"),
            ),
        ),
    ),
    kernel=(
        KernelNeed(
            "enable_cinder_backend_lvm",
            ("device mapper", "iSCSI target", "iSCSI initiator"),
            "the kernel has iSCSI sessions in the host's own network namespace only",
        ),
        KernelNeed(
            "enable_cinder_backend_nfs",
            ("NFS client",),
            "what nova_compute mounts has to appear in nova_libvirt, which takes a shared folder of the host",
        ),
        KernelNeed("cinder_backup_share", ("NFS client",)),
    ),
    resources=(
        volume_type("rbd-1", "cinder_backend_ceph"),
        volume_type("lvm-1", "enable_cinder_backend_lvm"),
        volume_type("nfs-1", "enable_cinder_backend_nfs"),
    ),
    enabled_by="enable_cinder",
    enabled_default=False,
    package="cinder",
    packages=(
        Packages(
            "openstack",
            python=("cinder==29.0.0", "python-cinderclient"),
            debian=("ceph-common", "python3-rbd", "python3-rados", "lvm2", "nfs-common"),
        ),
    ),
    schemas=(Schema("cinder", "cinder-manage --config-file CONFIG db sync", seconds=4),),
    options=("cinder", "cinder.*"),
    memory=540,
    proofs=("volume", "volume-snapshot", "volume-backup", "volume-boot", "volume-encrypted", "volume-removed"),
)
