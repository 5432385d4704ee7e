"""The network that the guests are on, with its security group, and their ports."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Network

from skylift.openstack.proofs.bench import PREFIX, Bench, Guest
from skylift.openstack.proofs.proof import Proof

_CANDIDATES = ("10.231.77.0/24", "172.29.77.0/24", "192.168.177.0/24")


def free_subnet(taken: tuple[IPv4Network, ...]) -> IPv4Network:
    """Return a subnet for guests that does not overlap with ``taken`` (which hold fewer ranges than there are)."""
    for text in _CANDIDATES:
        subnet = IPv4Network(text)
        if not any(subnet.overlaps(other) for other in taken):
            return subnet
    raise ValueError(f"all of {_CANDIDATES} are taken")


async def run(bench: Bench) -> str:
    """Make network and security group side by side, then the subnet, then both ports in one request."""
    made = bench.made
    external = bench.ctx.external_subnet
    subnet = free_subnet((external, bench.ctx.cloud.network("internal").subnet))

    async def network() -> None:
        answer = await bench.post("network", "/v2.0/networks", {"network": {"name": PREFIX}})
        made.network = answer["network"]["id"]
        body = {"name": PREFIX, "network_id": made.network, "ip_version": 4, "cidr": str(subnet)}
        made.subnet = (await bench.post("network", "/v2.0/subnets", {"subnet": body}))["subnet"]["id"]

    async def group() -> None:
        body = {"name": PREFIX, "description": "made and removed by skylift verify"}
        answer = await bench.post("network", "/v2.0/security-groups", {"security_group": body})
        made.group = answer["security_group"]["id"]
        # One rule, as all of it is asked: HTTP and ssh from outside and from each other, and health checks.
        rule = {"security_group_id": made.group, "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp",
                "port_range_min": 22, "port_range_max": 80}  # fmt: skip
        await bench.post("network", "/v2.0/security-group-rules", {"security_group_rule": rule})

    await asyncio.gather(network(), group())
    names = [f"{PREFIX}-a", f"{PREFIX}-b"]
    ports = [{"name": name, "network_id": made.network, "security_groups": [made.group]} for name in names]
    answer = await bench.post("network", "/v2.0/ports", {"ports": ports})
    made.guests = [
        Guest(port["name"], port["id"], port["fixed_ips"][0]["ip_address"])
        for port in sorted(answer["ports"], key=lambda port: str(port["name"]))
    ]
    return f"{subnet}"


PROOF = Proof("network", "a network", "neutron", run, needs=("token", "leftovers"), shown=False)
