"""Subnets. Neutron cannot change a subnet's CIDR, so a subnet with another one takes its place if nobody is on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skylift.model.desired import Resource
from skylift.openstack.client import Api
from skylift.openstack.errors import ApiProblem
from skylift.openstack.resources.kind import Item, Kind, Values, World, cannot_change

# Ports that Neutron makes for itself on every subnet and removes with it.
_NEUTRONS_OWN = ("network:distributed", "network:dhcp")
_GATEWAY = "network:router_gateway"
_INTERFACE = "network:router_interface"


def _list(api: Api) -> list[Item]:
    return api.list("network", "/v2.0/subnets", "subnets", project_id=api.project_id)


def _describe(item: Item, resource: Resource, world: World) -> Values:
    pools = tuple(sorted(f"{pool['start']}-{pool['end']}" for pool in item["allocation_pools"]))
    seen = {
        "network": world.ref(item["network_id"]),
        "cidr": item["cidr"],
        "gateway_ip": item["gateway_ip"],
        "enable_dhcp": item["enable_dhcp"],
        "dns_nameservers": tuple(item["dns_nameservers"]),
        "allocation_pools": pools,
    }
    return {key: seen[key] for key in resource.values}


def _body(values: Values) -> dict[str, Any]:
    body = {key: value for key, value in values.items() if key in ("cidr", "gateway_ip", "enable_dhcp")}
    if "dns_nameservers" in values:
        body["dns_nameservers"] = list(values["dns_nameservers"])
    if "allocation_pools" in values:
        pools = (pool.split("-") for pool in values["allocation_pools"])
        body["allocation_pools"] = [{"start": start, "end": end} for start, end in pools]
    return body


def _create(api: Api, resource: Resource, world: World) -> str:
    network = world.id_of(resource.values["network"])
    body = {"name": resource.name, "ip_version": 4, "network_id": network, **_body(resource.values)}
    api.post("network", "/v2.0/subnets", {"subnet": body})
    return "created"


def _correct(api: Api, resource: Resource, item: Item, differing: Values, world: World) -> str:
    if "cidr" in differing or "network" in differing:
        return _replace(api, resource, item, world)
    # Neutron refuses a new gateway while a router holds the old one: ours steps aside meanwhile.
    holders = _our_routers_ports(_ports(api, item), world) if "gateway_ip" in differing else []
    back = [
        _detach(api, port, item["id"])
        for port in holders
        if port["device_owner"] == _INTERFACE and port["fixed_ips"][0]["ip_address"] == item["gateway_ip"]
    ]
    try:
        api.put("network", f"/v2.0/subnets/{item['id']}", {"subnet": _body(differing)})
    finally:
        for attach in back:
            attach(item["id"])
    return f"{', '.join(sorted(differing))} corrected"


def _replace(api: Api, resource: Resource, item: Item, world: World) -> str:
    ports = _ports(api, item)
    movable = _our_routers_ports(ports, world)
    users = [port for port in ports if port not in movable]
    if users:
        named = "\n".join(f"- {_user(api, port)}" for port in users[:12])
        more = f"\nand {len(users) - 12} more" if len(users) > 12 else ""
        raise cannot_change(
            resource,
            f"its network is {item['cidr']} and should be {resource.values['cidr']}",
            f"These use addresses of {item['cidr']}:\n{named}{more}",
            "Delete these, or set the old network again; then: skylift apply",
        )
    back = [_detach(api, port, item["id"]) for port in movable]
    try:
        api.delete("network", f"/v2.0/subnets/{item['id']}")
    except ApiProblem:
        for attach in back:
            attach(item["id"])
        raise
    _create(api, resource, world)
    created = next(one for one in _list(api) if one["name"] == resource.name)
    for attach in back:
        attach(created["id"])
    routers = f", {len(back)} router ports moved to it" if back else ""
    return f"replaced: {item['cidr']} became {resource.values['cidr']}{routers}"


def _ports(api: Api, item: Item) -> list[Item]:
    ports = api.list("network", "/v2.0/ports", "ports", fixed_ips=f"subnet_id={item['id']}")
    return [port for port in ports if port["device_owner"] not in _NEUTRONS_OWN]


def _our_routers_ports(ports: list[Item], world: World) -> list[Item]:
    ours = {router["id"] for router in world.listed["router"]}
    return [port for port in ports if port["device_owner"] in (_GATEWAY, _INTERFACE) and port["device_id"] in ours]


def _detach(api: Api, port: Item, subnet: str) -> Callable[[str], Any]:
    """Take our own router off the subnet; return what puts it on another."""
    router = f"/v2.0/routers/{port['device_id']}"
    if port["device_owner"] == _INTERFACE:
        api.put("network", f"{router}/remove_router_interface", {"subnet_id": subnet})
        return lambda new: api.put("network", f"{router}/add_router_interface", {"subnet_id": new})
    api.put("network", router, {"router": {"external_gateway_info": None}})
    gateway = {"router": {"external_gateway_info": {"network_id": port["network_id"]}}}
    return lambda _: api.put("network", router, gateway)


def _user(api: Api, port: Item) -> str:
    address = ", ".join(one["ip_address"] for one in port["fixed_ips"])
    owner, device = str(port["device_owner"]), str(port["device_id"])
    if owner.startswith("compute:"):
        server = api.find("compute", f"/servers/{device}") or {}
        return f"server {server.get('server', {}).get('name', device)} ({address})"
    if owner == "network:floatingip":
        return f"floating IP {address}"
    if owner in (_GATEWAY, _INTERFACE):
        router = api.find("network", f"/v2.0/routers/{device}") or {}
        return f"router {router.get('router', {}).get('name', device)} ({address})"
    return f"port {port['name'] or port['id']} ({address}{', ' + owner if owner else ''})"


KIND = Kind("subnet", _list, _describe, _create, _correct, refers_to=("network", "router"))
