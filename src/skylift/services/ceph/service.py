"""Ceph: block storage for images, guests' disks and volumes."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Password, Service

SERVICE = Service(
    name="ceph",
    title="Storage",
    folder=Path(__file__).parent,
    passwords=(
        Password("ceph_cluster_fsid", "uuid", "it is the cluster's name for itself, and its OSDs bear it"),
        Password("ceph_glance_key", "cephx"),
        Password("ceph_cinder_key", "cephx"),
        Password("ceph_cinder_backup_key", "cephx"),
        Password("ceph_nova_key", "cephx"),
        Password("rbd_secret_uuid", "uuid", "the definitions of running guests name it"),
        Password("cinder_rbd_secret_uuid", "uuid", "the definitions of running guests name it"),
    ),
    enabled_by="enable_ceph",
    enabled_default=False,
)
