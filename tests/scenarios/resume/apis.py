# ruff: noqa: S310 - the addresses are those of the cloud under test
"""What the APIs answer, asked without Skylift's code: every object by its name, without ids and times."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.scenarios.resume.databases import TIME, UUID

LISTS = {
    "identity": ("/v3/services", "/v3/endpoints", "/v3/regions", "/v3/projects", "/v3/domains", "/v3/users",
                 "/v3/roles", "/v3/role_assignments"),
    "image": ("/v2/images",),
    "compute": ("/flavors/detail", "/os-keypairs", "/servers/detail?all_tenants=1"),
    "network": ("/v2.0/networks", "/v2.0/subnets", "/v2.0/routers", "/v2.0/security-groups", "/v2.0/ports",
                "/v2.0/floatingips"),
    "load-balancer": ("/v2/lbaas/loadbalancers", "/v2/lbaas/flavors"),
    "placement": ("/resource_providers",),
}  # fmt: skip
VOLATILE = frozenset(
    ("links", "self", "previous", "next", "created_at", "updated_at", "revision_number", "generation", "fingerprint",
     "mac_address", "password_expires_at", "virtual_size", "file", "schema", "first", "revision", "port_id",
     "provider:segmentation_id", "standard_attr_id")
)  # fmt: skip


def read(config: Path) -> dict[str, list[str]]:
    """Return a section for each service type, a line for each object."""
    call = _Client(config / "clouds.yaml")
    wanted = [(service, path) for service, paths in LISTS.items() for path in paths]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: call.get(*one), wanted))
    known = {key: name for answer in answers for key, name in _names(answer)}
    sections: dict[str, list[str]] = {}
    for (service, path), answer in zip(wanted, answers, strict=True):
        kind = path.rsplit("?", 1)[0]
        items = next((value for value in answer.values() if isinstance(value, list)), [])
        sections.setdefault(f"api {service}", []).extend(
            f"{kind} {json.dumps(_plain(item, known), sort_keys=True)}" for item in items
        )
    return sections


class _Client:
    def __init__(self, clouds: Path) -> None:
        text = clouds.read_text()
        values = dict(re.findall(r'^\s+(\w+): "(.*)"$', text, re.MULTILINE))
        user = {"name": values["username"], "password": values["password"], "domain": {"id": "default"}}
        scope = {"project": {"name": values["project_name"], "domain": {"id": "default"}}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        request = urllib.request.Request(
            f"{values['auth_url']}/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        self.open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        with self.open(request, timeout=60) as answer:
            self.token = answer.headers["X-Subject-Token"]
            catalogue = json.load(answer)["token"]["catalog"]
        self.urls = {one["type"]: one["endpoints"][0]["url"] for one in catalogue}

    def get(self, service: str, path: str) -> Any:
        base = re.sub(r"/v3$", "", self.urls[service]) if service == "identity" else self.urls[service]
        with self.open(
            urllib.request.Request(base.rstrip("/") + path, headers={"X-Auth-Token": self.token}), timeout=60
        ) as answer:
            return json.load(answer)


def _names(value: Any) -> Iterator[tuple[str, str]]:
    """Return id and name of every object found anywhere in an answer."""
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str) and value.get("name"):
            yield value["id"], str(value["name"])
        for item in value.values():
            yield from _names(item)


def _plain(value: Any, known: dict[str, str]) -> Any:
    """Return a value with ids as names, and lists in order of their content."""
    if isinstance(value, dict):
        if "ip_address" in value and not value["ip_address"].endswith(".1"):
            # Neutron takes any that is free; the first address is a router's, by our own wish.
            value = {**value, "ip_address": "an address"}
        if value.get("device_owner") == "network:router_gateway":
            # Neutron writes down which node OVN has chosen if it hears of it: not while its workers are just starting.
            # What OVN has chosen is among the switches.
            value = {key: item for key, item in value.items() if not key.startswith(("binding:", "status"))}
        return {key: _plain(item, known) for key, item in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return sorted((_plain(item, known) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, str):
        named = known.get(value, value)
        return TIME.sub("a time", UUID.sub(lambda found: known.get(found[0], "an id"), named))
    return value
