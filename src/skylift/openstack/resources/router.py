"""Routers with their gateway and the subnets they join. Subnets a user has added stay."""

from __future__ import annotations

from typing import Any

from skylift.model.desired import Resource
from skylift.openstack.answers import together
from skylift.openstack.client import Api
from skylift.openstack.resources.kind import Item, Kind, Values, World

_JOINED = "network:router_interface"


def _list(api: Api) -> list[Item]:
    mine = api.project_id
    routers, ports = together(
        [
            lambda: api.list("network", "/v2.0/routers", "routers", project_id=mine),
            lambda: api.list("network", "/v2.0/ports", "ports", project_id=mine, device_owner=_JOINED),
        ]
    )
    joined: dict[str, list[str]] = {}
    for port in ports:
        joined.setdefault(port["device_id"], []).extend(ip["subnet_id"] for ip in port["fixed_ips"])
    return [{**router, "subnets": joined.get(router["id"], [])} for router in routers]


def _describe(item: Item, resource: Resource, world: World) -> Values:
    gateway = (item.get("external_gateway_info") or {}).get("network_id")
    subnets = [world.ref(subnet) for subnet in item["subnets"]]
    wanted = resource.values.get("subnets", ())
    seen = {"gateway": world.ref(gateway), "subnets": tuple(one for one in wanted if one in subnets)}
    return {key: seen[key] for key in resource.values}


def _create(api: Api, resource: Resource, world: World) -> str:
    body: dict[str, Any] = {"name": resource.name}
    if resource.values.get("gateway"):
        body["external_gateway_info"] = {"network_id": world.id_of(resource.values["gateway"])}
    router = api.post("network", "/v2.0/routers", {"router": body})["router"]
    _join(api, resource, {**router, "subnets": []}, world)
    return "created"


def _correct(api: Api, resource: Resource, item: Item, differing: Values, world: World) -> str:
    if "gateway" in differing:
        wanted = differing["gateway"]
        gateway = {"network_id": world.id_of(wanted)} if wanted else None
        api.put("network", f"/v2.0/routers/{item['id']}", {"router": {"external_gateway_info": gateway}})
    _join(api, resource, item, world)
    return f"{', '.join(sorted(differing))} corrected"


def _join(api: Api, resource: Resource, item: Item, world: World) -> None:
    for reference in resource.values.get("subnets", ()):
        subnet = world.id_of(reference)
        if subnet not in item["subnets"]:
            api.put("network", f"/v2.0/routers/{item['id']}/add_router_interface", {"subnet_id": subnet})


KIND = Kind("router", _list, _describe, _create, _correct, refers_to=("network", "subnet"))
