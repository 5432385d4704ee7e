"""The load balancer in front of both guests; made while they boot."""

from __future__ import annotations

from typing import Any

from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof, Unproven


def body(subnet: str, addresses: tuple[str, ...]) -> dict[str, Any]:
    """Return the request for all of it at once: listener, pool, members, health monitor.

    A member counts as gone after two checks without an answer, and as back with the first answer.
    """
    members = [
        {"name": f"{PREFIX}-{address}", "address": address, "protocol_port": 80, "subnet_id": subnet}
        for address in addresses
    ]
    monitor = {"name": PREFIX, "type": "TCP", "delay": 1, "timeout": 1, "max_retries": 1, "max_retries_down": 2}
    pool = {
        "name": PREFIX, "protocol": "TCP", "lb_algorithm": "SOURCE_IP_PORT", "members": members,
        "healthmonitor": monitor,
    }  # fmt: skip
    listener = {"name": PREFIX, "protocol": "TCP", "protocol_port": 80, "default_pool": pool}
    return {"name": PREFIX, "provider": "ovn", "vip_subnet_id": subnet, "listeners": [listener]}


async def run(bench: Bench) -> str:
    """Make it and wait until Octavia calls it ACTIVE."""
    made = bench.made
    request = body(made.subnet, tuple(guest.address for guest in made.guests))
    answer = await bench.post("load-balancer", "/v2.0/lbaas/loadbalancers", {"loadbalancer": request})
    made.balancer = answer["loadbalancer"]["id"]

    async def active() -> tuple[bool | None, str]:
        found = await bench.get("load-balancer", f"/v2.0/lbaas/loadbalancers/{made.balancer}")
        status = found["loadbalancer"]["provisioning_status"]
        if status == "ERROR":
            raise Unproven("a load balancer that is ACTIVE", "ERROR")
        return (True if status == "ACTIVE" else None), f"{status}"

    try:
        await bench.until("the load balancer ACTIVE", active, seconds=60)
    except Unproven as failure:
        failure.evidence += ("what the provider did and did not do: skylift logs octavia",)
        raise
    made.balancer_port = answer["loadbalancer"]["vip_port_id"]
    return str(answer["loadbalancer"]["vip_address"])


PROOF = Proof("balancer", "a load balancer", "octavia", run, needs=("network",), shown=False)
