"""The way between the guests' network and the external one, with the first guest's floating IP."""

from __future__ import annotations

from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Attach the subnet to the router, and give the first guest's port a floating IP."""
    made = bench.made
    await bench.put("network", f"/v2.0/routers/{made.router}/add_router_interface", {"subnet_id": made.subnet})
    made.guests[0].floating = await floating_ip(bench, made.guests[0].port)
    return f"floating IP {made.guests[0].floating}"


async def floating_ip(bench: Bench, port: str) -> str:
    """Return the address of a new floating IP that leads to a port."""
    body = {"floating_network_id": bench.made.external, "port_id": port, "description": PREFIX}
    answer = await bench.post("network", "/v2.0/floatingips", {"floatingip": body})
    return str(answer["floatingip"]["floating_ip_address"])


PROOF = Proof("uplink", "a way out with a floating IP", "neutron", run, needs=("network", "router"), shown=False)
