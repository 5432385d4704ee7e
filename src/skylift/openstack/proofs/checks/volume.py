"""A volume: what one guest wrote, another reads."""

from __future__ import annotations

from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.cleanup_volumes import remove_volumes
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Detach the volume from the guest that wrote to it, attach it to the other, and compare."""
    first, second = bench.made.guests
    await volumes.detach(bench, bench.made.volume, first)
    await volumes.same(bench, bench.made.volume, second)
    return f"1 MiB written in {first.name}, read in {second.name}, sha256 {bench.made.written[:12]}…"


PROOF = Proof(
    "volume", "a volume from guest to guest", "cinder", run, place=200, needs=("volume-written",), sweep=remove_volumes
)  # fmt: skip
