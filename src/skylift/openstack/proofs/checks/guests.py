"""Two guests that run."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import PREFIX, Bench, Guest
from skylift.openstack.proofs.proof import Proof, Unproven
from skylift.openstack.proofs.script import user_data


async def run(bench: Bench) -> str:
    """Ask for both guests at once and wait until Nova calls them ACTIVE with the addresses of their ports."""
    made, ctx = bench.made, bench.ctx
    flavors, image = await asyncio.gather(
        bench.list("compute", "/flavors", "flavors"),
        bench.one("image", "/v2/images", "images", ctx.image),
    )
    flavor = next((item["id"] for item in flavors if item["name"] == ctx.flavor), None)
    if flavor is None:
        names = ", ".join(item["name"] for item in flavors)
        raise Unproven(f"flavor {ctx.flavor}", f"flavors: {names or 'none'}")

    async def start(guest: Guest, other: Guest) -> None:
        script = user_data(made.token, other.address, bench.probe.address, bench.probe.port)
        server = {
            "name": guest.name,
            "imageRef": image["id"],
            "flavorRef": flavor,
            "key_name": PREFIX,
            "networks": [{"port": guest.port}],
            "user_data": base64.b64encode(script.encode()).decode(),
        }
        guest.id = (await bench.post("compute", "/servers", {"server": server}))["server"]["id"]

    first, second = made.guests
    await asyncio.gather(start(first, second), start(second, first))
    await asyncio.sleep(1.0)
    try:
        servers = await bench.until("both guests ACTIVE", lambda: _active(bench), seconds=120, every=0.3)
    except Unproven as failure:
        failure.evidence += await evidence.guests(bench)
        raise
    for guest in made.guests:
        seen = [entry["addr"] for port in servers[guest.id]["addresses"].values() for entry in port]
        if guest.address not in seen:
            raise Unproven(f"{guest.name} at {guest.address}", f"Nova says {', '.join(seen) or 'no address'}")
    return ", ".join(f"{guest.name} {guest.address}" for guest in made.guests)


async def _active(bench: Bench) -> tuple[dict[str, dict[str, Any]] | None, str]:
    found = await bench.list("compute", "/servers/detail", "servers", name=f"^{PREFIX}")
    servers = {server["id"]: server for server in found}
    states = []
    for guest in bench.made.guests:
        server = servers.get(guest.id, {})
        status = server.get("status", "not listed")
        if status == "ERROR":
            raise Unproven(f"{guest.name} ACTIVE", f"ERROR: {evidence.fault(server)}")
        task = server.get("OS-EXT-STS:task_state")
        states.append(f"{guest.name} {status}" + (f" ({task})" if task else ""))
    if all(servers.get(guest.id, {}).get("status") == "ACTIVE" for guest in bench.made.guests):
        return servers, ""
    return None, ", ".join(states)


PROOF = Proof(
    "guests", "two guests", "nova", run, place=30, needs=("network", "key", "probe")
)  # fmt: skip
