"""The router between the guests' network and the external one, and the first guest's floating IP."""

from __future__ import annotations

from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Make the router with its gateway, attach the subnet, and give the first guest's port a floating IP."""
    made = bench.made
    external = await bench.one("network", "/v2.0/networks", "networks", bench.ctx.external_network)
    body = {"name": PREFIX, "external_gateway_info": {"network_id": external["id"]}}
    router = (await bench.post("network", "/v2.0/routers", {"router": body}))["router"]
    made.router = router["id"]
    made.router_address = router["external_gateway_info"]["external_fixed_ips"][0]["ip_address"]
    await bench.put("network", f"/v2.0/routers/{made.router}/add_router_interface", {"subnet_id": made.subnet})
    made.guests[0].floating = await floating_ip(bench, external["id"], made.guests[0].port)
    return f"{made.router_address}, floating IP {made.guests[0].floating}"


async def floating_ip(bench: Bench, network: str, port: str) -> str:
    """Return the address of a new floating IP that leads to a port."""
    body = {"floating_network_id": network, "port_id": port, "description": PREFIX}
    answer = await bench.post("network", "/v2.0/floatingips", {"floatingip": body})
    return str(answer["floatingip"]["floating_ip_address"])


PROOF = Proof("router", "a router with a floating IP", "neutron", run, needs=("network",), shown=False)
