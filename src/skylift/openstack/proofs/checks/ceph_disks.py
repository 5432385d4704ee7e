"""New images and the disks of both guests are in Ceph's pools, where the settings say that they go."""

from __future__ import annotations

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.checks.ceph import contents, inside
from skylift.openstack.proofs.proof import Proof, Unproven

RBD = "rbd"
"""Glance's name of the store in Ceph."""


async def run(bench: Bench) -> str:
    """Look for them by their ids. A disk that shares blocks with its image says so.

    What was there before Ceph stays in files, the guest image as well: what counts is where a new one goes.
    """
    told = []
    kept = {line.split("=", 1)[0]: line.endswith("=yes") for line in await inside(bench, "ceph_report", "--kept")}
    if kept["images"]:
        if bench.made.stores != RBD:
            raise Unproven(f"a new image in store {RBD}", f"it was in {bench.made.stores or 'none that has a name'}")
        image = await bench.one("image", "/v2/images", "images", bench.ctx.image)
        there = image["id"] in await contents(bench, "image")
        if RBD in image.get("stores", RBD) and not there:
            raise Unproven(f"image {bench.ctx.image} in the pool", "it is not among what is there")
        told.append("new images" + (f", {bench.ctx.image}" if there else f" ({bench.ctx.image} is older, in a file)"))
    if kept["disks"]:
        disks = await contents(bench, "disk")
        lacking = [guest.name for guest in bench.made.guests if f"{guest.id}_disk" not in disks]
        if lacking:
            raise Unproven("the disks of both guests in the pool", f"{', '.join(lacking)} have none there")
        shared = sum(bool(disks[f"{guest.id}_disk"]) for guest in bench.made.guests)
        told.append(f"{len(bench.made.guests)} disks of guests, {shared} of which share the image's blocks")
    return "; ".join(told) or "neither images nor disks are to be there"


PROOF = Proof(
    "ceph-disks", "image and disks of guests in Ceph", "ceph", run, place=52, needs=("guests", "ceph", "image")
)
