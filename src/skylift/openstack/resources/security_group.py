"""Security groups and their rules for traffic to guests. Rules a user has added stay.

A rule is written ``icmp``, ``tcp:22`` or ``udp:5000-5010``: from anywhere, over IPv4.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from skylift.model.desired import Resource
from skylift.openstack.answers import together
from skylift.openstack.client import Api
from skylift.openstack.errors import ApiProblem
from skylift.openstack.resources.kind import Item, Kind, Values, World

_ANYWHERE = (None, "", "0.0.0.0/0")


def _list(api: Api) -> list[Item]:
    # Asking makes the project's group «default» where it does not exist yet.
    return api.list("network", "/v2.0/security-groups", "security_groups", project_id=api.project_id)


def _describe(item: Item, resource: Resource, _: World) -> Values:
    there = {_words(rule) for rule in item["security_group_rules"]}
    return {"rules": tuple(rule for rule in resource.values["rules"] if rule in there)}


def _create(api: Api, resource: Resource, _: World) -> str:
    group = api.post("network", "/v2.0/security-groups", {"security_group": {"name": resource.name}})
    _allow(api, group["security_group"]["id"], resource.values["rules"])
    return "created"


def _correct(api: Api, resource: Resource, item: Item, _: Values, world: World) -> str:
    there = _describe(item, resource, world)["rules"]
    missing = tuple(rule for rule in resource.values["rules"] if rule not in there)
    _allow(api, item["id"], missing)
    return f"{', '.join(missing)} allowed"


def _allow(api: Api, group: str, rules: tuple[str, ...]) -> None:
    # One after another would be as many round trips; Neutron takes them all in one request.
    bodies = [{"security_group_id": group, **_rule(rule)} for rule in rules]
    try:
        api.post("network", "/v2.0/security-group-rules", {"security_group_rules": bodies})
    except ApiProblem as problem:
        if problem.status != 409:
            raise
        # Somebody has added one of them meanwhile, and the whole request was refused.
        together([partial(_allow_one, api, body) for body in bodies])


def _allow_one(api: Api, body: dict[str, Any]) -> None:
    try:
        api.post("network", "/v2.0/security-group-rules", {"security_group_rule": body})
    except ApiProblem as problem:
        if problem.status != 409:
            raise


def _rule(rule: str) -> dict[str, Any]:
    protocol, _, ports = rule.partition(":")
    body: dict[str, Any] = {"direction": "ingress", "ethertype": "IPv4", "protocol": protocol}
    if ports:
        first, _, last = ports.partition("-")
        body |= {"port_range_min": int(first), "port_range_max": int(last or first)}
    return body


def _words(rule: Item) -> str:
    """Return a rule of Neutron's in our form; an empty text for one we could not have made."""
    if rule["direction"] != "ingress" or rule["ethertype"] != "IPv4" or rule.get("remote_group_id"):
        return ""
    if rule.get("remote_ip_prefix") not in _ANYWHERE or rule.get("remote_address_group_id"):
        return ""
    first, last = rule["port_range_min"], rule["port_range_max"]
    ports = "" if first is None else f":{first}" if first == last else f":{first}-{last}"
    return f"{rule['protocol']}{ports}"


KIND = Kind("security_group", _list, _describe, _create, _correct)
