"""Checks before a change, and what the machine can do."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

from skylift.app import shape
from skylift.app.images import Images
from skylift.app.situation import Situation
from skylift.app.workspace import Workspace
from skylift.desired.containers import engine_name
from skylift.doctor.prechecks.context import Context, Storage
from skylift.doctor.prechecks.kvm import does_not_boot
from skylift.doctor.prechecks.run import Finding, find
from skylift.engines.look import holdings
from skylift.model.cloud import Machine
from skylift.model.event import Notice, Sink
from skylift.model.host import HostFacts
from skylift.model.problem import Problems
from skylift.observed.host import read_host
from skylift.observed.kvm import try_kvm
from skylift.observed.machine import read_machine
from skylift.services.ceph.service import SERVICE as CEPH
from skylift.services.ceph.service import VOLUME
from skylift.services.libvirt.service import SERVICE as LIBVIRT
from skylift.settings.between_services import ports

MACHINE_IMAGE = LIBVIRT.containers[0].image.name
"""An image with QEMU, in which KVM is tried."""


async def check(workspace: Workspace, situation: Situation, *, kvm: bool = False) -> tuple[Finding, ...]:
    """Run all checks and return what each found. Nothing is changed.

    ``kvm``: a guest is booted with KVM meanwhile, where the image for it is here; it is anyway where KVM is asked for.
    """
    registry = workspace.settings.docker_registry
    storage = storage_of(workspace, situation)
    virt, host = await asyncio.gather(
        _virt(workspace, situation, wanted=kvm),
        read_host(
            workspace.engine,
            workspace.cloud_name,
            mirrors=[registry.partition(":")[0]] if registry else [],
            disks=storage is not None and bool(storage.devices),
        ),
    )
    return find(context_of(workspace, situation, replace(host, virt=virt), storage))


def context_of(workspace: Workspace, situation: Situation, host: HostFacts, storage: Storage | None) -> Context:
    """Return what the checks look at. Pure."""
    settings = workspace.settings
    kernel = tuple(need for service in workspace.enabled for need in service.kernel if settings.enables(need.key))
    refused = situation.images.problem
    asks_kvm = settings.nova_compute_virt_type == "kvm"
    return Context(
        cloud=situation.cloud,
        host=host,
        containers=frozenset(spec.name for spec in situation.desired.containers),
        volumes=frozenset(situation.desired.volumes),
        images_present=situation.images.complete,
        build_images=not settings.docker_registry,
        where=shape.places(settings)
        | {need.key: settings.source(need.key) for need in kernel}
        | {"DEMO_NET_CIDR": settings.source("DEMO_NET_CIDR")},
        kernel=kernel,
        storage=storage,
        memory_mib=sum(service.memory for service in workspace.enabled),
        images=refused.problems if isinstance(refused, Problems) else (refused,) if refused else (),
        image_count=len(situation.images.found),
        registry=settings.docker_registry,
        kvm_asked=settings.source("nova_compute_virt_type") if asks_kvm else "",
        ports=tuple(sorted(ports(workspace.enabled, settings.keys))),
        guest_networks={"DEMO_NET_CIDR": settings.DEMO_NET_CIDR} if settings.skylift_initial_resources else {},
    )


async def _virt(workspace: Workspace, situation: Situation, *, wanted: bool) -> tuple[str, str]:
    """Return how guests would run and why, found out by booting one; empty where that is not asked, or cannot be."""
    reference, there = situation.images.reference(MACHINE_IMAGE)
    if not there or not (wanted or workspace.settings.nova_compute_virt_type == "kvm"):
        return "", ""
    verdict = await try_kvm(workspace.engine, reference, cloud=workspace.cloud_name)
    return verdict.virt_type, verdict.why


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
        settings = workspace.settings
        if settings.nova_compute_virt_type == "kvm" != machine.virt_type:
            raise does_not_boot(machine.virt_why, settings.source("nova_compute_virt_type"))
        sink(Notice(f"guests: {machine.virt_type} ({machine.virt_why}); datapath: {machine.datapath}"))
    return machine
