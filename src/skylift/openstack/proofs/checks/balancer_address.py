"""The load balancer's floating IP."""

from __future__ import annotations

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.checks.uplink import floating_ip
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Lead a floating IP to it, when it is ready: the provider follows addresses of load balancers that it knows."""
    bench.made.balancer_address = await floating_ip(bench, bench.made.balancer_port)
    return bench.made.balancer_address


PROOF = Proof(
    "balancer-address", "a floating IP to the load balancer", "octavia", run, needs=("balancer", "uplink"), shown=False
)
