"""Load balancers and volumes in trouble, where their services are on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from skylift.model.patient_cloud import Thing
from skylift.model.problem import Problem
from skylift.observed.patient.bed import Bed
from skylift.observed.patient.parts.apis import age

PART, SOURCE = "things", "skylift openstack loadbalancer list; skylift openstack volume list --all-projects"
WEAK = ("DEGRADED", "ERROR")
MOST = 5
"""Of so many load balancers, and members of each, it is told what is wrong."""
MOVING = ("creating", "deleting", "attaching", "detaching", "downloading", "extending", "backing-up", "maintenance")


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``things``."""
    found = await asyncio.gather(
        *(read(bed) for name, read in (("octavia", _balancers), ("cinder", _volumes)) if bed.has(name))
    )
    return {"things": tuple(thing for things in found for thing in things)}


async def _balancers(bed: Bed) -> Iterable[Thing]:
    rows = await bed.list("load-balancer", "/v2/lbaas/loadbalancers", "loadbalancers")
    weak = [row for row in rows if row["provisioning_status"] == "ACTIVE" and row["operating_status"] in WEAK]
    found = await asyncio.gather(*(_weak(bed, row) for row in weak[:MOST]))
    # Where no member is silent its state is no failure of octavia's work.
    return [*balancers(rows, bed.now), *(thing for thing in found if thing.members)]


async def _weak(bed: Bed, row: Mapping[str, Any]) -> Thing:
    """Return a load balancer that is at work with those of its members that do not answer."""
    status = await bed.get("load-balancer", f"/v2/lbaas/loadbalancers/{row['id']}/status")
    silent = silent_members(status["statuses"]["loadbalancer"])
    words = await asyncio.gather(*(_member(bed, *member) for member in silent[:MOST]))
    name, operating = str(row["name"] or row["id"]), str(row["operating_status"])
    return Thing("octavia", "load balancer", str(row["id"]), name, operating, members=tuple(words))


def silent_members(balancer: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return address and port of each member of any pool that its health monitor finds in error."""
    pools = [*balancer.get("pools", ()), *(pool for one in balancer.get("listeners", ()) for pool in one["pools"])]
    found = {
        (str(one["address"]), int(one["protocol_port"]))
        for pool in pools
        for one in pool.get("members", ())
        if one["operating_status"] == "ERROR"
    }
    return sorted(found)


async def _member(bed: Bed, address: str, port: int) -> str:
    """Return a member in words: its address, and the guest that has it."""
    with suppress(Problem, KeyError):
        ports = await bed.list("network", "/v2.0/ports", "ports", fixed_ips=f"ip_address={address}")
        owners = [one["device_id"] for one in ports if str(one["device_owner"]).startswith("compute:")]
        if owners:
            server = (await bed.get("compute", f"/servers/{owners[0]}"))["server"]
            return f"{address}:{port}, guest {server['name']}, which is {server['status']}"
    return f"{address}:{port}"


def balancers(rows: Iterable[Mapping[str, Any]], now: float) -> list[Thing]:
    """Return the load balancers that failed or are on their way."""
    return [
        Thing(
            service="octavia",
            kind="load balancer",
            id=str(row["id"]),
            name=str(row["name"]),
            status=str(row["provisioning_status"]),
            age=age(row.get("updated_at") or row.get("created_at"), now) or 0.0,
        )
        for row in rows
        if row["provisioning_status"] not in ("ACTIVE", "DELETED")
    ]


async def _volumes(bed: Bed) -> Iterable[Thing]:
    rows = await bed.list("block-storage", "/volumes/detail", "volumes", all_tenants=1)
    return volumes(rows, bed.now)


def volumes(rows: Iterable[Mapping[str, Any]], now: float) -> list[Thing]:
    """Return the volumes that failed or are on their way."""
    return [
        Thing(
            service="cinder",
            kind="volume",
            id=str(row["id"]),
            name=str(row["name"] or row["id"]),
            status=str(row["status"]),
            age=age(row.get("updated_at") or row.get("created_at"), now) or 0.0,
        )
        for row in rows
        if str(row["status"]).startswith("error") or row["status"] in MOVING
    ]
