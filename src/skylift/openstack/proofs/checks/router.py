"""The router with its gateway to the external network."""

from __future__ import annotations

from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Make it; the guests' subnet is attached when there is one."""
    made = bench.made
    external = await bench.one("network", "/v2.0/networks", "networks", bench.ctx.external_network)
    made.external = external["id"]
    body = {"name": PREFIX, "external_gateway_info": {"network_id": made.external}}
    router = (await bench.post("network", "/v2.0/routers", {"router": body}))["router"]
    made.router = router["id"]
    made.router_address = router["external_gateway_info"]["external_fixed_ips"][0]["ip_address"]
    return f"outside as {made.router_address}"


# After the network, for which the guests wait: both are work of the same process of Neutron.
PROOF = Proof(
    "router", "a router", "neutron", run, needs=("token", "leftovers"), after=("network",), shown=False
)  # fmt: skip
