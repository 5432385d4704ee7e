"""Remove the volumes, snapshots, backups and volume types that bear the name ``skylift-verify``."""

from __future__ import annotations

import asyncio
from typing import Any

from skylift.openstack.errors import ApiProblem
from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import PREFIX, Bench

_TRIES = 6


async def named(bench: Bench, kind: str) -> list[dict[str, Any]]:
    """Return the volumes, snapshots or backups that are verify's."""
    found = await bench.list(volumes.SERVICE, f"/{kind}s/detail", f"{kind}s", sort="created_at:asc")
    return [item for item in found if str(item["name"]).startswith(PREFIX)]


async def remove_volumes(bench: Bench) -> int:
    """Remove backups and what was made of snapshots, then these, then the rest; return how many there were.

    No guest has them any more. Their types go as well. Raises ApiProblem, and Unproven for what does not go.
    """
    if not bench.ctx.api.has(volumes.SERVICE):
        return 0
    found, snapshots, backups = await asyncio.gather(*(named(bench, kind) for kind in ("volume", "snapshot", "backup")))
    sources = {snapshot["volume_id"] for snapshot in snapshots}
    await asyncio.gather(
        _remove(bench, "backup", backups),
        _remove(bench, "volume", [volume for volume in found if volume["id"] not in sources]),
    )
    await _remove(bench, "snapshot", snapshots)
    await _remove(bench, "volume", [volume for volume in found if volume["id"] in sources])
    await _remove_types(bench)
    return len(found) + len(snapshots) + len(backups)


async def _remove_types(bench: Bench) -> None:
    types = await bench.list(volumes.SERVICE, "/types", "volume_types", is_public="None")
    ours = [item["id"] for item in types if item["name"].startswith(PREFIX)]
    await asyncio.gather(*(bench.delete(volumes.SERVICE, f"/types/{one}") for one in ours))


async def _remove(bench: Bench, kind: str, items: list[dict[str, Any]]) -> None:
    async def one(identity: str) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                await bench.delete(volumes.SERVICE, f"/{kind}s/{identity}")
                break
            except ApiProblem as problem:
                # Busy with what was asked before (a backup that is being restored, a volume that is being detached).
                if problem.status != 400 or attempt == _TRIES:
                    raise
                await asyncio.sleep(1.0)

    await asyncio.gather(*(one(item["id"]) for item in items))
    if items:
        await volumes.gone(bench, kind, *(item["id"] for item in items))
