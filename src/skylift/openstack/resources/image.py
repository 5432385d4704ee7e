"""Guest images, uploaded from files. An image of other content takes the name; the old one goes when it is unused.

The property ``skylift_digest`` says what content an image was made from, so that a file need not be read to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skylift.model.desired import Resource
from skylift.model.problem import Problem
from skylift.openstack.client import Api
from skylift.openstack.resources.kind import Item, Kind, Values, World

DIGEST = "skylift_digest"
REPLACED = "skylift_replaced"
_FORMATS = ("disk_format", "container_format", "min_disk", "min_ram")
_ALIVE = ("active", "queued", "saving", "importing")
_PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}


def _list(api: Api) -> list[Item]:
    found = api.list("image", "/v2/images", "images", owner=api.project_id, limit=200)
    return [image for image in found if not image.get(REPLACED) and image["status"] in _ALIVE]


def _describe(item: Item, resource: Resource, world: World) -> Values | None:
    # An upload that was cut off leaves an image without content: it counts as not there.
    if item["status"] != "active":
        return None
    # Nor is one of use that lies only where images are not looked for any more.
    stores = resource.values.get("stores")
    if stores and item.get("stores") and not {*stores} & {*str(item["stores"]).split(",")}:
        return None
    wanted = resource.values.get("properties", {})
    seen = {
        "digest": item.get(DIGEST),
        "visibility": item["visibility"],
        "properties": {key: _property(item, key, value, world) for key, value in wanted.items()},
        **{key: item[key] for key in _FORMATS},
    }
    return {key: seen[key] for key in resource.values if key in seen}


def _property(item: Item, key: str, wanted: Any, world: World) -> Any:
    return world.ref(item.get(key)) if isinstance(wanted, Mapping) else item.get(key)


def _properties(values: Values, world: World) -> dict[str, str]:
    wanted = values.get("properties", {})
    return {key: world.id_of(value) if isinstance(value, Mapping) else value for key, value in wanted.items()}


def _create(api: Api, resource: Resource, world: World) -> str:
    values, path = resource.values, Path(resource.values["path"])
    if not path.is_file():
        raise Problem(
            "image-file-missing",
            "The file of a guest image is not there",
            f"image {resource.name} is made from {path}",
            "skylift images build",
            str(path),
        )
    # Before anything is made, so that a run which is cut off here leaves no more than it found.
    for cut_off in _cut_off(resource, world):
        api.delete("image", f"/v2/images/{cut_off['id']}")
    body = {
        "name": resource.name,
        "visibility": values.get("visibility", "public"),
        DIGEST: values["digest"],
        **{key: values[key] for key in _FORMATS if key in values},
        **_properties(values, world),
    }
    image = api.post("image", "/v2/images", body)
    with path.open("rb") as file:
        api.upload("image", f"/v2/images/{image['id']}/file", file)
    return f"uploaded, {path.stat().st_size / 1e6:.1f} MB"


def _cut_off(resource: Resource, world: World) -> list[Item]:
    """Return the images of this name that runs which were cut off have begun: they never got their content."""
    return [
        one
        for one in world.listed["image"]
        if one.get("name") == resource.name and one["status"] != "active" and one.get(DIGEST)
    ]


def _correct(api: Api, resource: Resource, item: Item, differing: Values, world: World) -> str:
    if differing.keys() & {"digest", *_FORMATS}:
        # The new one is there in full before the old one loses the name.
        done = _create(api, resource, World({**world.listed, "image": _others(world, item)}))
        return f"{done}; {_retire(api, item)}"
    change = {"visibility": resource.values.get("visibility", "public"), **_properties(resource.values, world)}
    _patch(api, item, {key: value for key, value in change.items() if item.get(key) != value})
    return f"{', '.join(sorted(differing))} corrected"


def _others(world: World, item: Item) -> list[Item]:
    return [one for one in world.listed["image"] if one["id"] != item["id"]]


def _retire(api: Api, item: Item) -> str:
    """Delete a replaced image; hide it where a guest or another image still needs it. Delete those hidden before."""
    images = api.list("image", "/v2/images", "images", owner=api.project_id, limit=200)
    images += api.list("image", "/v2/images", "images", owner=api.project_id, limit=200, os_hidden="true")
    used = _used(api, images, item)
    for old in images:
        if old.get(REPLACED) and old["id"] not in used:
            api.delete("image", f"/v2/images/{old['id']}")
    if item["id"] not in used:
        api.delete("image", f"/v2/images/{item['id']}")
        return "the old one deleted"
    name = f"{item['name']} (replaced {str(item.get(DIGEST, item['id']))[:8]})"
    _patch(api, item, {"name": name, "os_hidden": True, REPLACED: "true"})
    return f"the old one is in use and kept as «{name}»"


def _used(api: Api, images: list[Item], item: Item) -> set[str]:
    """Return the ids of images that guests need, and those that images which stay refer to as kernel or RAM disk."""
    servers = api.list("compute", "/servers/detail", "servers", all_tenants="1")
    used = {server["image"]["id"] for server in servers if server.get("image")}
    leaving = {image["id"] for image in images if image.get(REPLACED)} | {item["id"]}
    staying = [image for image in images if image["id"] not in leaving or image["id"] in used]
    for part in ("kernel_id", "ramdisk_id"):
        used |= {server.get(f"OS-EXT-SRV-ATTR:{part}") or "" for server in servers}
        used |= {image.get(part) or "" for image in staying}
    return used


def _patch(api: Api, item: Item, change: Mapping[str, Any]) -> None:
    operations = [
        {"op": "replace" if key in item else "add", "path": f"/{key}", "value": value} for key, value in change.items()
    ]
    api.patch("image", f"/v2/images/{item['id']}", operations, **_PATCH)


KIND = Kind("image", _list, _describe, _create, _correct)
