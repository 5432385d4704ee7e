"""Networks: the provider network that floating IPs are on, and a project's own."""

from __future__ import annotations

from typing import Any

from skylift.model.desired import Resource
from skylift.openstack.client import Api
from skylift.openstack.resources.kind import Item, Kind, Values, World, cannot_change

# Our word → Neutron's. The first group can be changed while the network is in use.
_CHANGEABLE = {"external": "router:external", "shared": "shared"}
_FIXED = {"network_type": "provider:network_type", "physical_network": "provider:physical_network"}
_NAMES = _CHANGEABLE | _FIXED


def _list(api: Api) -> list[Item]:
    return api.list("network", "/v2.0/networks", "networks", project_id=api.project_id)


def _describe(item: Item, resource: Resource, _: World) -> Values:
    return {key: item.get(_NAMES[key]) for key in resource.values}


def _create(api: Api, resource: Resource, _: World) -> str:
    body: dict[str, Any] = {_NAMES[key]: value for key, value in resource.values.items()}
    api.post("network", "/v2.0/networks", {"network": {"name": resource.name, **body}})
    return "created"


def _correct(api: Api, resource: Resource, item: Item, differing: Values, _: World) -> str:
    for key in differing.keys() & _FIXED.keys():
        raise cannot_change(
            resource,
            f"its {key} is {item.get(_FIXED[key])} and should be {differing[key]}",
            "Neutron cannot move a network to another physical network or type.",
            f"If nothing on it is needed: skylift openstack network delete {resource.name} && skylift apply",
        )
    change = {_CHANGEABLE[key]: value for key, value in differing.items()}
    api.put("network", f"/v2.0/networks/{item['id']}", {"network": change})
    return f"{', '.join(sorted(differing))} corrected"


KIND = Kind("network", _list, _describe, _create, _correct)
