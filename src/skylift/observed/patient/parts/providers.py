"""Hypervisors: what nova lists, and what placement may give away of them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from skylift.model.patient_cloud import Provider, Stock
from skylift.observed.patient.bed import Bed
from skylift.openstack.errors import ApiProblem

PART, SOURCE = "providers", "skylift openstack hypervisor list"
MOST = 20
"""So many providers are asked for what they have."""
NOT_FOUND = 404
CLOSED = "COMPUTE_STATUS_DISABLED"


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``providers``."""
    listed, known = await asyncio.gather(
        bed.list("compute", "/os-hypervisors/detail", "hypervisors"),
        bed.list("placement", "/resource_providers", "resource_providers"),
    )
    ids = {str(one["name"]): str(one["uuid"]) for one in known if not one.get("parent_provider_uuid")}
    hosts = {str(one["hypervisor_hostname"]): one for one in listed}
    names = sorted(hosts)[:MOST]
    return {"providers": tuple(await asyncio.gather(*(_one(bed, name, hosts[name], ids.get(name)) for name in names)))}


async def _one(bed: Bed, name: str, listed: Mapping[str, Any], identity: str | None) -> Provider:
    up = listed.get("state") == "up"
    if identity is None:
        return Provider(name, up=up)
    path = f"/resource_providers/{identity}"
    inventories, usages, traits = await asyncio.gather(
        bed.get("placement", f"{path}/inventories"),
        bed.get("placement", f"{path}/usages"),
        bed.get("placement", f"{path}/traits"),
    )
    found = Provider(
        host=name,
        up=up,
        disabled=CLOSED in traits["traits"],
        stocks=stocks(inventories["inventories"], usages["usages"]),
    )
    return replace(found, strays=await _strays(bed, path)) if found.full else found


async def _strays(bed: Bed, path: str) -> dict[str, dict[str, float]]:
    """Return what was given away to consumers that nova knows neither as guest nor as migration."""
    given, servers, moves = await asyncio.gather(
        bed.get("placement", f"{path}/allocations"),
        bed.list("compute", "/servers", "servers", all_tenants="1"),
        bed.list("compute", "/os-migrations", "migrations"),
    )
    known = {str(one["id"]) for one in servers} | {str(one["uuid"]) for one in moves}
    found = strays(given["allocations"], known)
    # A guest may have been asked for since the list of servers was read.
    gone = await asyncio.gather(*(_is_gone(bed, identity) for identity in found))
    return {identity: found[identity] for identity, is_gone in zip(found, gone, strict=True) if is_gone}


async def _is_gone(bed: Bed, identity: str) -> bool:
    try:
        await bed.get("compute", f"/servers/{identity}")
    except ApiProblem as problem:
        return problem.status == NOT_FOUND
    return False


def strays(given: Mapping[str, Mapping[str, Any]], known: Collection[str]) -> dict[str, dict[str, float]]:
    """Return the resources of at most ``MOST`` consumers that are not known, by consumer."""
    found = {
        identity: {name: float(amount) for name, amount in one["resources"].items()}
        for identity, one in given.items()
        if identity not in known
    }
    return dict(list(found.items())[:MOST])


def stocks(inventories: Mapping[str, Mapping[str, Any]], usages: Mapping[str, Any]) -> dict[str, Stock]:
    """Return the stocks by resource class."""
    return {
        name: Stock(
            float(one["total"]), float(one["reserved"]), float(one["allocation_ratio"]), float(usages.get(name, 0))
        )
        for name, one in inventories.items()
    }
