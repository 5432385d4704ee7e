"""Limits that projects have reached: those with guests, and the administrator's own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from skylift.model.patient_cloud import Quota
from skylift.observed.patient.bed import Bed

PART, SOURCE = "quotas", "skylift openstack quota show --usage"
MOST = 6
"""So many projects are looked at: each costs two questions."""


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``quotas``."""
    projects = await bed.list("identity", "/v3/projects", "projects")
    own = await bed.call(lambda: bed.api.project_id)
    named = {str(one["id"]): str(one["name"]) for one in projects if one["name"] != "service"}
    order = sorted(named, key=lambda one: (one != own, named[one]))[:MOST]
    found = await asyncio.gather(*(_project(bed, one, named[one]) for one in order))
    return {"quotas": tuple(quota for quotas in found for quota in quotas)}


async def _project(bed: Bed, project: str, name: str) -> Iterable[Quota]:
    compute, network = await asyncio.gather(
        bed.get("compute", f"/os-quota-sets/{project}/detail"),
        bed.get("network", f"/v2.0/quotas/{project}/details.json"),
    )
    return [*reached("nova", name, compute["quota_set"]), *reached("neutron", name, network["quota"])]


def reached(service: str, project: str, limits: Mapping[str, Any]) -> list[Quota]:
    """Return the limits that are used up; -1 is none, and what nobody has any of is no trouble."""
    found = []
    for resource, one in limits.items():
        if not isinstance(one, Mapping):
            continue
        limit, used = int(one["limit"]), int(one.get("in_use", one.get("used", 0))) + int(one.get("reserved", 0))
        if 0 <= limit <= used and used > 0:
            found.append(Quota(service, project, resource, used, limit))
    return found
