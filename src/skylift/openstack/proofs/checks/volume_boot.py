"""Boot from a volume: a guest whose root disk is one that Cinder made from an image."""

from __future__ import annotations

import asyncio
from typing import Any

from skylift.openstack.proofs import evidence, volumes
from skylift.openstack.proofs.bench import PREFIX, Bench, Guest
from skylift.openstack.proofs.proof import Proof, Unproven

_SIGN = "ready after"
"""What the guest image writes on its console when it is up."""


async def run(bench: Bench) -> str:
    """Make the volume, start a guest from it, and wait for what it says on its console."""
    made, ctx = bench.made, bench.ctx
    image, flavors = await asyncio.gather(
        bench.one("image", "/v2/images", "images", ctx.image), bench.list("compute", "/flavors", "flavors")
    )
    volume = await volumes.create(bench, "root", imageRef=image["id"])
    await volumes.ready(bench, "volume", volume, seconds=90)
    disk = {"boot_index": 0, "uuid": volume, "source_type": "volume", "destination_type": "volume"}
    server: dict[str, Any] = {
        "name": f"{PREFIX}-c",
        "flavorRef": next(flavor["id"] for flavor in flavors if flavor["name"] == ctx.flavor),
        "networks": [{"uuid": made.network}],
        "block_device_mapping_v2": [disk],
    }
    identity = (await bench.post("compute", "/servers", {"server": server}))["server"]["id"]
    guest = Guest(server["name"], "", "", identity)

    async def up() -> tuple[str | None, str]:
        found = (await bench.get("compute", f"/servers/{identity}"))["server"]
        if found["status"] == "ERROR":
            raise Unproven(f"{guest.name} ACTIVE", f"ERROR: {evidence.fault(found)}")
        if found["status"] != "ACTIVE":
            return None, str(found["status"])
        lines = (await evidence.console_text(bench, guest)).splitlines()
        said = next((line for line in lines if _SIGN in line), None)
        return said, (lines[-1].strip()[:120] if lines else "nothing on the console yet")

    try:
        said = await bench.until(f"{guest.name} to boot from its volume", up, seconds=120, every=1.0)
    except Unproven as failure:
        raise await evidence.add(bench, failure, guest) from failure
    await bench.delete("compute", f"/servers/{identity}")
    return f"{guest.name} booted from a volume: {said.strip()}"


PROOF = Proof(
    "volume-boot", "boot from a volume", "cinder", run, place=230, needs=("network", "guests"), after=("metadata",)
)  # fmt: skip
