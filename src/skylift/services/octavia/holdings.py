"""Load balancers. Those of the OVN provider live in OVN and have a port in Neutron for their address."""

from __future__ import annotations

import time
from typing import Any

from skylift.model.holding import Client, Holding
from skylift.model.problem import Problem

TOLD = "Load balancers keep answering, as OVN has them; they cannot be changed or removed until octavia is on again."
SERVICE, PATH = "load-balancer", "/v2.0/lbaas/loadbalancers"
PORT_OWNER = "ovn-lb:vip"
"""The device_owner of the port that holds an address (ovn_octavia_provider.common.constants.OVN_LB_VIP_PORT)."""
SECONDS = 60.0
_BUSY = frozenset({"PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"})


def found(api: Client) -> list[Holding]:
    """Return the load balancers of all projects with their addresses."""
    return [
        Holding("load balancer", one["name"] or one["id"], one["project_id"], f"{one['vip_address']}")
        for one in _listed(api)
    ]


def remove(api: Client) -> int:
    """Delete every load balancer with all that belongs to it; wait until OVN and Neutron have none of it.

    Raises Problem ``holdings-remain`` for those that are not gone in time.
    """
    listed = _listed(api)
    for one in listed:
        _delete(api, one["id"])
    deadline = time.monotonic() + SECONDS
    while left := _listed(api):
        if time.monotonic() > deadline:
            names = ", ".join(f"{one['name'] or one['id']} ({one['provisioning_status']})" for one in left)
            raise Problem(
                code="holdings-remain",
                summary="Not everything that users have in a service could be removed",
                detail=f"load balancers that are still there: {names}",
                fix="skylift logs octavia\nThen repeat the command.",
                where="octavia",
            )
        # One that was busy refuses; one that failed is deleted again.
        for one in left:
            if one["provisioning_status"] not in _BUSY:
                _delete(api, one["id"])
        time.sleep(0.5)
    return len(listed)


def orphans(api: Client) -> list[str]:
    """Return the addresses of load balancers whose ports are still in Neutron."""
    ports = api.list("network", "/v2.0/ports", "ports", device_owner=PORT_OWNER)
    return sorted(str(ip["ip_address"]) for port in ports for ip in port["fixed_ips"])


def _listed(api: Client) -> list[dict[str, Any]]:
    return api.list(SERVICE, PATH, "loadbalancers") if api.has(SERVICE) else []


def _delete(api: Client, identity: str) -> None:
    try:
        api.delete(SERVICE, f"{PATH}/{identity}", cascade="true")
    except Problem as problem:
        if getattr(problem, "status", 0) != 409:
            raise
