"""Load balancers and volumes in trouble, where their services are on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from skylift.model.patient_cloud import Thing
from skylift.observed.patient.bed import Bed
from skylift.observed.patient.parts.apis import age

PART, SOURCE = "things", "skylift openstack loadbalancer list; skylift openstack volume list --all-projects"
MOVING = ("creating", "deleting", "attaching", "detaching", "downloading", "extending", "backing-up", "maintenance")


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``things``."""
    found = await asyncio.gather(
        *(read(bed) for name, read in (("octavia", _balancers), ("cinder", _volumes)) if bed.has(name))
    )
    return {"things": tuple(thing for things in found for thing in things)}


async def _balancers(bed: Bed) -> Iterable[Thing]:
    rows = await bed.list("load-balancer", "/v2/lbaas/loadbalancers", "loadbalancers")
    return balancers(rows, bed.now)


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
