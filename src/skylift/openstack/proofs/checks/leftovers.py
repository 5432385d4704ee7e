"""What an interrupted or kept run has left is removed before a new one begins."""

from __future__ import annotations

import asyncio

from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.cleanup import remove_all
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Look for the network and the security group, the first to be made and the last to be removed."""
    networks, groups = await asyncio.gather(
        bench.list("network", "/v2.0/networks", "networks", name=PREFIX, fields="id"),
        bench.list("network", "/v2.0/security-groups", "security_groups", name=PREFIX, fields="id"),
    )
    if networks or groups:
        bench.say("removing what an earlier run has left")
        removed = await remove_all(bench)
    bench.made.begun = True
    return f"removed: {removed}" if networks or groups else "none"


PROOF = Proof("leftovers", "nothing left of an earlier run", "neutron", run, needs=("token",), shown=False)
