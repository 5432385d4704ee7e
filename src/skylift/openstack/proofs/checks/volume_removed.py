"""Removed volumes, snapshots and backups leave nothing behind, in the pools neither."""

from __future__ import annotations

import asyncio
from typing import Any

from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.cleanup_volumes import named, remove_volumes
from skylift.openstack.proofs.proof import Proof, Unproven
from skylift.openstack.proofs.volume_pools import images


async def run(bench: Bench) -> str:
    """Delete it all, once nothing is attached to a guest any more, and look into the pools."""
    found = await named(bench, "volume")
    await asyncio.gather(*(_freed(bench, item) for item in found))
    backups = await named(bench, "backup")
    count = await remove_volumes(bench)
    known = {item["id"] for item in (*found, *backups)} | {bench.made.snapshot}
    pools = await images(bench)
    left = [name for names in pools.values() for name in names if any(one in name for one in known if one)]
    if left:
        raise Unproven(f"nothing of {PREFIX} in the pools", ", ".join(left))
    where = f"; nothing left in {', '.join(pools)}" if pools else ""
    return f"{count} volumes, snapshots and backups removed{where}"


async def _freed(bench: Bench, volume: dict[str, Any]) -> None:
    """Wait until a volume is no guest's; detach one that a proof which failed has left."""
    guests = {guest.id: guest for guest in bench.made.guests}
    for attachment in volume["attachments"]:
        if attachment["server_id"] in guests:
            await volumes.detach(bench, volume["id"], guests[attachment["server_id"]])
        else:
            # A root disk is set free by the end of its guest.
            await bench.delete("compute", f"/servers/{attachment['server_id']}")
            await volumes.ready(bench, "volume", volume["id"])


PROOF = Proof(
    "volume-removed", "removed volumes leave nothing", "cinder", run, place=250, needs=("volume-made",),
    after=("volume", "volume-snapshot", "volume-backup", "volume-boot", "volume-encrypted"),
)  # fmt: skip
