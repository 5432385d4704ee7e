"""Hypervisors: what nova lists, and what placement may give away of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from skylift.model.patient_cloud import Provider, Stock
from skylift.observed.patient.bed import Bed

PART, SOURCE = "providers", "skylift openstack hypervisor list"
MOST = 20
"""So many providers are asked for what they have."""
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
    return Provider(
        host=name,
        up=up,
        disabled=CLOSED in traits["traits"],
        stocks=stocks(inventories["inventories"], usages["usages"]),
    )


def stocks(inventories: Mapping[str, Mapping[str, Any]], usages: Mapping[str, Any]) -> dict[str, Stock]:
    """Return the stocks by resource class."""
    return {
        name: Stock(
            float(one["total"]), float(one["reserved"]), float(one["allocation_ratio"]), float(usages.get(name, 0))
        )
        for name, one in inventories.items()
    }
