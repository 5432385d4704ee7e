"""A volume that a running guest has written to, and a snapshot of it."""

from __future__ import annotations

from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Attach it to the first guest, have that write, and take a snapshot while it is in use."""
    made = bench.made
    guest = made.guests[0]
    await volumes.attach(bench, made.volume, guest)
    made.written, _ = await volumes.contents(bench, made.volume, guest, "write")
    body = {"volume_id": made.volume, "force": True, "name": f"{PREFIX}-snapshot"}
    answer = await bench.post(volumes.SERVICE, "/snapshots", {"snapshot": body})
    made.snapshot = answer["snapshot"]["id"]
    await volumes.ready(bench, "snapshot", made.snapshot)
    return f"sha256 {made.written[:12]}…"


PROOF = Proof(
    "volume-written", "a volume with something on it", "cinder", run, needs=("volume-made", "metadata"), shown=False
)
