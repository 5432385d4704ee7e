"""Flavors. Nova cannot change one, so it is replaced; guests keep the sizes they were started with."""

from __future__ import annotations

from skylift.model.desired import Resource
from skylift.openstack.client import Api
from skylift.openstack.resources.kind import Item, Kind, Values, World

_NAMES = {"id": "id", "ram": "ram", "disk": "disk", "vcpus": "vcpus"}


def _list(api: Api) -> list[Item]:
    return api.list("compute", "/flavors/detail", "flavors", is_public="None")


def _describe(item: Item, resource: Resource, _: World) -> Values:
    return {key: item[_NAMES[key]] for key in resource.values}


def _create(api: Api, resource: Resource, _: World) -> str:
    body = {_NAMES[key]: value for key, value in resource.values.items()}
    api.post("compute", "/flavors", {"flavor": {"name": resource.name, **body}})
    return "created"


def _correct(api: Api, resource: Resource, item: Item, differing: Values, world: World) -> str:
    api.delete("compute", f"/flavors/{item['id']}")
    _create(api, resource, world)
    return f"replaced: {', '.join(sorted(differing))} differed"


KIND = Kind("flavor", _list, _describe, _create, _correct)
