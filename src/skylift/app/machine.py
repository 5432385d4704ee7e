"""Checks before a change, and what the machine can do."""

from __future__ import annotations

import uuid

from skylift.app import shape
from skylift.app.images import Images
from skylift.app.situation import Situation
from skylift.app.workspace import Workspace
from skylift.desired.containers import engine_name
from skylift.doctor.prechecks.context import Context, Storage
from skylift.doctor.prechecks.run import run_prechecks
from skylift.engines.look import holdings
from skylift.model.cloud import Machine
from skylift.model.event import Notice, Sink
from skylift.observed.host import read_host
from skylift.observed.machine import read_machine
from skylift.services.ceph.service import SERVICE as CEPH
from skylift.services.ceph.service import VOLUME
from skylift.services.libvirt.service import SERVICE as LIBVIRT

MACHINE_IMAGE = LIBVIRT.containers[0].image.name
"""An image with QEMU, in which KVM is tried."""


async def check(workspace: Workspace, situation: Situation) -> None:
    """Run all checks and raise everything that is wrong together. Nothing is changed."""
    settings = workspace.settings
    mirrors = [settings.docker_registry.partition(":")[0]] if settings.docker_registry else []
    storage = storage_of(workspace, situation)
    kernel = tuple(need for service in workspace.enabled for need in service.kernel if settings.enables(need.key))
    host = await read_host(
        workspace.engine,
        workspace.cloud_name,
        mirrors=mirrors,
        disks=storage is not None and bool(storage.devices),
    )
    run_prechecks(
        Context(
            cloud=situation.cloud,
            host=host,
            containers=frozenset(spec.name for spec in situation.desired.containers),
            volumes=frozenset(situation.desired.volumes),
            images_present=situation.images.complete,
            build_images=not settings.docker_registry,
            where=shape.places(settings) | {need.key: settings.source(need.key) for need in kernel},
            kernel=kernel,
            storage=storage,
        )
    )


def storage_of(workspace: Workspace, situation: Situation) -> Storage | None:
    """Return what Ceph is to write to, or None while it is off."""
    settings = workspace.settings
    if not settings.enables(CEPH.enabled_by):
        return None
    volumes = {engine_name(situation.cloud, node, VOLUME) for node in situation.cloud.nodes}
    there = bool(volumes & situation.observed.volumes)
    fsid = uuid.UUID(workspace.secret("ceph_cluster_fsid").reveal())
    # Numbered as in services/ceph/templates/osd_start.py.j2. Without the volume that says so, none of them is ours.
    numbers = [100 * node + one for node in range(len(volumes)) for one in range(len(settings.ceph_osd_devices))]
    return Storage(
        devices=settings.ceph_osd_devices,
        wiped=settings.ceph_wipe_devices,
        ours=tuple(str(uuid.uuid5(fsid, f"osd.{number}")) for number in numbers) if there else (),
        file_bytes=0 if there else settings.ceph_osd_size_gib << 30,
        where=settings.source("ceph_osd_devices"),
    )


async def find_out(workspace: Workspace, situation: Situation, images: Images, sink: Sink) -> Machine:
    """Return the machine facts: those noted when the cloud was made, else found out now by trying."""
    machine = shape.known_machine(situation.observed)
    if machine is None:
        reference, _ = images.reference(MACHINE_IMAGE)
        machine = await read_machine(
            workspace.engine, reference, known=await holdings(workspace.engine), cloud=workspace.cloud_name
        )
        sink(Notice(f"guests: {machine.virt_type} ({machine.virt_why}); datapath: {machine.datapath}"))
    return machine
