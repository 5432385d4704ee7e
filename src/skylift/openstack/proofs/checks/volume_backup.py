"""A backup: what is restored from it is what was there."""

from __future__ import annotations

from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof, Unproven


async def run(bench: Bench) -> str:
    """Back the volume up, restore it to a new one, and compare in a guest."""
    made = bench.made
    services = await bench.list(volumes.SERVICE, "/os-services", "services")
    if not any(service["binary"] == "cinder-backup" for service in services):
        return "not tried: enable_cinder_backup is no"
    body = {"volume_id": made.volume, "name": f"{PREFIX}-backup"}
    backup = (await bench.post(volumes.SERVICE, "/backups", {"backup": body}))["backup"]["id"]
    kept = await volumes.ready(bench, "backup", backup, seconds=90)
    restored = {"name": f"{PREFIX}-restored"}
    answer = await bench.post(volumes.SERVICE, f"/backups/{backup}/restore", {"restore": restored})
    volume = answer["restore"]["volume_id"]
    await volumes.ready(bench, "backup", backup, seconds=90)
    await volumes.ready(bench, "volume", volume)
    if kept["size"] != 1:
        raise Unproven("a backup of 1 GiB", f"{kept['size']} GiB")
    await volumes.same(bench, volume, made.guests[1])
    return f"backed up to {kept['container']}, restored, the same bytes in {made.guests[1].name}"


PROOF = Proof(
    "volume-backup", "a backup, restored", "cinder", run, place=220, needs=("volume-written",), after=("volume",)
)  # fmt: skip
