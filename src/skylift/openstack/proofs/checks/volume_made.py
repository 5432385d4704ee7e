"""A volume, made while the guests boot."""

from __future__ import annotations

from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven


async def run(bench: Bench) -> str:
    """Create it without saying of which type, and see that it has one."""
    bench.made.volume = await volumes.create(bench, "volume")
    made = await volumes.ready(bench, "volume", bench.made.volume)
    if not made["volume_type"]:
        raise Unproven("a volume of the default type", "it has none")
    return f"1 GiB, type {made['volume_type']}"


PROOF = Proof("volume-made", "a volume", "cinder", run, needs=("token", "leftovers"), shown=False)
