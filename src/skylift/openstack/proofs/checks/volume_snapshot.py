"""A snapshot: a volume made from it has the same content, and can grow."""

from __future__ import annotations

from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven

_SIZE = 2


async def run(bench: Bench) -> str:
    """Make a volume from the snapshot, extend it, and look at both content and size in a guest."""
    guest = bench.made.guests[1]
    volume = await volumes.create(bench, "copy", snapshot_id=bench.made.snapshot)
    await volumes.ready(bench, "volume", volume)
    await bench.post(volumes.SERVICE, f"/volumes/{volume}/action", {"os-extend": {"new_size": _SIZE}})
    await volumes.ready(bench, "volume", volume)
    size = await volumes.same(bench, volume, guest)
    if size != _SIZE:
        raise Unproven(f"a disk of {_SIZE} GiB in {guest.name}", f"{size} GiB")
    return f"a volume from a snapshot, extended to {size} GiB, has the same bytes in {guest.name}"


PROOF = Proof(
    "volume-snapshot", "a snapshot, and a volume from it", "cinder", run, place=210, needs=("volume-written",)
)
