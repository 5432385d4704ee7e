"""Removed volumes, snapshots and backups leave nothing behind, in the pools neither."""

from __future__ import annotations

import asyncio

from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.cleanup_volumes import named, remove_volumes
from skylift.openstack.proofs.proof import Proof, Unproven
from skylift.openstack.proofs.volume_pools import images


async def run(bench: Bench) -> str:
    """Detach what is attached, delete it all, and look into the pools."""
    found = await named(bench, "volume")
    servers = {item["attachments"][0]["server_id"] for item in found if item["attachments"]}
    third = [one for one in servers if one not in {guest.id for guest in bench.made.guests}]
    # A guest's root disk is set free by its end only.
    await asyncio.gather(*(bench.delete("compute", f"/servers/{one}") for one in third))
    guests = {guest.id: guest for guest in bench.made.guests}
    await asyncio.gather(
        *(
            volumes.detach(bench, item["id"], guests[item["attachments"][0]["server_id"]])
            for item in found
            if item["attachments"] and item["attachments"][0]["server_id"] in guests
        )
    )
    backups = await named(bench, "backup")
    count = await remove_volumes(bench)
    known = {item["id"] for item in (*found, *backups)} | {bench.made.snapshot}
    pools = await images(bench)
    left = [name for names in pools.values() for name in names if any(one in name for one in known if one)]
    if left:
        raise Unproven(f"nothing of {PREFIX} in the pools", ", ".join(left))
    where = f"; nothing left in {', '.join(pools)}" if pools else ""
    return f"{count} volumes, snapshots and backups removed{where}"


PROOF = Proof(
    "volume-removed", "removed volumes leave nothing", "cinder", run, place=250, needs=("volume-made",),
    after=("volume", "volume-snapshot", "volume-backup", "volume-boot", "volume-encrypted"),
)  # fmt: skip
