"""What lies in Ceph's pools, as users know it: images, disks of guests, volumes and backups.

The pools say what there is; the APIs say whose it is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from skylift.model.holding import Client, Holding
from skylift.model.problem import Problem

TOLD = "Nothing of what is in Ceph can be read until ceph is on again."
KEEPS_ON = True
"""Users' things need it at every moment: it is not switched off while there are any."""
SECONDS = 180.0


def found(api: Client, contents: Sequence[str]) -> list[Holding]:
    """Return what there is; ``contents`` are lines of kind and name, as the pools list them."""
    names = _by_kind(contents)
    images = {one["id"]: one for one in api.list("image", "/v2/images", "images")}
    guests = {one["id"]: one for one in api.list("compute", "/servers/detail", "servers", all_tenants=1)}
    listed = []
    for name in names.get("image", ()):
        image = images.get(name, {})
        listed.append(Holding("image", image.get("name") or name, image.get("owner") or "", image.get("status", "")))
    for name in names.get("disk", ()):
        guest = guests.get(name[:36], {})
        told = "its disk" if guest else "a disk of no guest"
        listed.append(Holding("guest", guest.get("name", name), guest.get("tenant_id", ""), told))
    for kind in ("volume", "backup"):
        listed += [Holding(kind, name.removeprefix("volume-"), "", "") for name in names.get(kind, ())]
    return listed


def remove(api: Client, contents: Sequence[str]) -> int:
    """Delete the guests whose disks are there, then the images; volumes go with cinder, or with the pool.

    Raises Problem ``holdings-remain`` for guests that are not gone in time.
    """
    names = _by_kind(contents)
    guests = {name[:36] for name in names.get("disk", ())}
    for guest in guests:
        api.delete("compute", f"/servers/{guest}")
    deadline = time.monotonic() + SECONDS
    while left := guests & {one["id"] for one in api.list("compute", "/servers/detail", "servers", all_tenants=1)}:
        if time.monotonic() > deadline:
            raise Problem(
                code="holdings-remain",
                summary="Not everything that users have in a service could be removed",
                detail=f"guests that are still there: {', '.join(sorted(left))}",
                fix="skylift logs nova\nThen repeat the command.",
                where="ceph",
            )
        time.sleep(0.5)
    images = names.get("image", ())
    for image in images:
        api.delete("image", f"/v2/images/{image}")
    return len(guests) + len(images)


def orphans(api: Client) -> list[str]:
    """Return images whose content is in Ceph only."""
    return sorted(
        str(one.get("name") or one["id"])
        for one in api.list("image", "/v2/images", "images")
        if one.get("stores") == "rbd"
    )


def _by_kind(contents: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in contents:
        kind, _, rest = line.partition(" ")
        if name := rest.split(" ", 1)[0]:
            found.setdefault(kind, []).append(name)
    return found
