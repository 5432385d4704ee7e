"""Volumes, snapshots and backups of all projects, and the volume types that Skylift did not make."""

from __future__ import annotations

import time
from typing import Any

from skylift.model.holding import Client, Holding
from skylift.model.problem import Problem

TOLD = (
    "Volumes, snapshots and backups stay where they are, and guests go on with the volumes they have;"
    " until cinder is on again none can be attached, detached, changed or removed."
)
SERVICE = "block-storage"
SECONDS = 300.0
EVERYBODYS = {"all_tenants": 1}
KINDS = ("backup", "snapshot", "volume")
"""In the order in which they can go."""


def found(api: Client) -> list[Holding]:
    """Return what there is, with size and state, and whether a guest has it."""
    if not api.has(SERVICE):
        return []
    return [_holding(kind, one) for kind in KINDS for one in _listed(api, kind)]


def remove(api: Client) -> int:
    """Detach every volume, then delete backups, snapshots, volumes; wait until none is left.

    A guest that boots from a volume is deleted, as it has no other disk. Raises Problem ``holdings-remain`` for what is
    not gone in time.
    """
    if not api.has(SERVICE):
        return 0
    counted = sum(len(_listed(api, kind)) for kind in KINDS)
    deadline = time.monotonic() + SECONDS
    for volume in _listed(api, "volume"):
        for attachment in volume["attachments"]:
            _free(api, volume, attachment)
    while left := {kind: items for kind in KINDS if (items := _listed(api, kind))}:
        if time.monotonic() > deadline:
            raise _remain(left)
        # A snapshot from which a volume was made goes after that one, so all are asked to go until they have gone.
        for kind, items in left.items():
            for one in items:
                if not str(one["status"]).endswith("ing"):
                    _try(api, f"/{kind}s/{one['id']}")
        time.sleep(0.5)
    return counted


def orphans(api: Client) -> list[str]:
    """Return the volumes that guests still have."""
    servers = api.list("compute", "/servers/detail", "servers", all_tenants=1)
    return sorted(
        f"{one['id']} in {server['name']}"
        for server in servers
        for one in server["os-extended-volumes:volumes_attached"]
    )


def _listed(api: Client, kind: str) -> list[dict[str, Any]]:
    return api.list(SERVICE, f"/{kind}s/detail", f"{kind}s", **EVERYBODYS)


def _holding(kind: str, one: dict[str, Any]) -> Holding:
    project = next((str(one[key]) for key in one if key.endswith(("tenant_id", "project_id"))), "")
    detail = f"{one['size']} GiB, {one['status']}"
    if any(_is_root(one, attachment) for attachment in one.get("attachments", ())):
        detail += ", a guest's only disk: it goes too"
    return Holding(kind, str(one["name"] or one["id"]), project, detail)


def _is_root(volume: dict[str, Any], attachment: dict[str, Any]) -> bool:
    return volume["bootable"] == "true" and str(attachment["device"]).endswith("da")


def _free(api: Client, volume: dict[str, Any], attachment: dict[str, Any]) -> None:
    server = attachment["server_id"]
    if _is_root(volume, attachment):
        api.delete("compute", f"/servers/{server}")
    else:
        _try(api, f"/servers/{server}/os-volume_attachments/{volume['id']}", "compute")


def _try(api: Client, path: str, service: str = SERVICE) -> None:
    """Ask for a removal; what is refused for the moment is asked for again later."""
    try:
        api.delete(service, path)
    except Problem as problem:
        if getattr(problem, "status", 0) not in (400, 409):
            raise


def _remain(left: dict[str, list[dict[str, Any]]]) -> Problem:
    names = ", ".join(
        f"{kind} {one['name'] or one['id']} ({one['status']})" for kind, items in left.items() for one in items
    )
    return Problem(
        code="holdings-remain",
        summary="Not everything that users have in a service could be removed",
        detail=f"still there: {names}",
        fix="skylift logs cinder\nThen repeat the command.",
        where="cinder",
    )
