"""Volume types. One that is in use can change where new volumes go; those that are there stay where they are."""

from __future__ import annotations

from skylift.model.desired import Resource
from skylift.openstack.client import Api
from skylift.openstack.resources.kind import Item, Kind, Values, World

SERVICE = "block-storage"
_PUBLIC = "public"


def _list(api: Api) -> list[Item]:
    return api.list(SERVICE, "/types", "volume_types", is_public="None")


def _describe(item: Item, resource: Resource, _: World) -> Values:
    return {
        key: bool(item["is_public"]) if key == _PUBLIC else item["extra_specs"].get(key, "") for key in resource.values
    }


def _create(api: Api, resource: Resource, _: World) -> str:
    body = {
        "name": resource.name,
        "os-volume-type-access:is_public": resource.values.get(_PUBLIC, True),
        "extra_specs": {key: value for key, value in resource.values.items() if key != _PUBLIC},
    }
    api.post(SERVICE, "/types", {"volume_type": body})
    return "created"


def _correct(api: Api, resource: Resource, item: Item, differing: Values, world: World) -> str:
    if _PUBLIC in differing:
        api.put(SERVICE, f"/types/{item['id']}", {"volume_type": {"is_public": resource.values[_PUBLIC]}})
    if specs := {key: value for key, value in differing.items() if key != _PUBLIC}:
        api.post(SERVICE, f"/types/{item['id']}/extra_specs", {"extra_specs": specs})
    return f"{', '.join(sorted(differing))} corrected"


KIND = Kind("volume_type", _list, _describe, _create, _correct)
