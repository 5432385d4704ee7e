"""A tiny OpenStack behind real HTTP: collections whose items are listed, made, changed and deleted. No more."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from skylift.model.secret import Secret
from skylift.openstack.client import Api, Credentials

PROJECT = "project-admin"
NAMES = {"network": "neutron", "compute": "nova", "image": "glance"}

# path of a collection → names of the whole and of one
COLLECTIONS = {
    "/v3/roles": ("roles", "role"),
    "/v3/services": ("services", "service"),
    "/v3/endpoints": ("endpoints", "endpoint"),
    "/v3/users": ("users", "user"),
    "/v3/projects": ("projects", "project"),
    "/v3/domains": ("domains", "domain"),
    "/network/v2.0/networks": ("networks", "network"),
    "/network/v2.0/subnets": ("subnets", "subnet"),
    "/network/v2.0/routers": ("routers", "router"),
    "/network/v2.0/ports": ("ports", "port"),
    "/network/v2.0/security-groups": ("security_groups", "security_group"),
    "/compute/flavors": ("flavors", "flavor"),
    "/compute/servers": ("servers", "server"),
    "/compute/os-keypairs": ("keypairs", "keypair"),
    "/image/v2/images": ("images", ""),
}

Item = dict[str, Any]
Query = dict[str, list[str]]


@dataclass
class FakeCloud:
    """What is behind the APIs. ``faults`` are answers given instead, each once: path prefix, status, headers, body.

    Status 0 gives no answer. ``refused`` is the path of an object that may not be changed.
    """

    url: str = ""
    items: dict[str, dict[str, Item]] = field(default_factory=lambda: {path: {} for path in COLLECTIONS})
    passwords: dict[str, str] = field(default_factory=lambda: {"admin": "right"})
    grants: list[tuple[str, str]] = field(default_factory=list)
    domain_grants: list[tuple[str, str, str]] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[tuple[str, int, dict[str, str], str]] = field(default_factory=list)
    refused: str = ""
    services: list[str] = field(default_factory=lambda: list(NAMES))
    disabled: set[str] = field(default_factory=set)
    count: int = 0

    def add(self, path: str, **item: Any) -> Item:
        """Put an object into the collection at ``path``, with an id where it has none."""
        self.count += 1
        made = {"id": f"id-{self.count}", "project_id": PROJECT, "created_at": f"{self.count:09}", **item}
        self.items[path][str(made.get("id"))] = made
        return made

    def named(self, path: str, name: str) -> Item:
        """Return the one object of this name."""
        (found,) = [item for item in self.items[path].values() if item.get("name") == name]
        return found

    def api(self, said: str = "right", **options: Any) -> Api:
        """Return a client of this cloud."""
        return Api(Credentials(f"{self.url}/v3", "admin", Secret(said), "admin"), **options)

    def changed(self) -> list[tuple[str, str]]:
        """Return the requests that were to change something, without logins; and forget them."""
        found = [one for one in self.requests if one[0] != "GET" and one[1] != "/v3/auth/tokens"]
        self.requests.clear()
        return found

    # -- answers ----------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, query: Query, raw: bytes) -> tuple[int, Any]:
        """Return status and body."""
        if path == "/v3/auth/tokens":
            return self._token(json.loads(raw)["auth"]["identity"]["password"]["user"])
        if path.endswith("/file"):
            identity = path.split("/")[-2]
            self.uploads[identity] = raw
            self.items["/image/v2/images"][identity]["status"] = "active"
            return 204, None
        body: Any = json.loads(raw) if raw else None
        if path == "/v3/role_assignments":
            found = [*self.grants, *self.domain_grants]
            return 200, {"role_assignments": [self._assignment(*reversed(grant)) for grant in found]}
        if "/roles/" in path and path.startswith("/v3/domains"):
            self.domain_grants.append((path.split("/")[3], path.split("/")[5], path.split("/")[7]))
            return 204, None
        if "/roles/" in path and path.startswith("/v3/projects"):
            self.grants.append((path.split("/")[5], path.split("/")[7]))
            return 204, None
        if path.endswith("_router_interface"):
            return self._interface(path, str(body["subnet_id"]))
        if path == "/network/v2.0/security-group-rules":
            return self._rules(body)
        path = path.removesuffix("/detail")
        if path in COLLECTIONS:
            return self._make(path, body) if method == "POST" else (200, self._list(path, query))
        collection, _, identity = path.rpartition("/")
        if identity not in self.items.get(collection, {}):
            return 404, {"NeutronError": {"message": f"{path} could not be found", "type": "NotFound", "detail": ""}}
        return self._one(method, collection, identity, body)

    def _token(self, user: Item) -> tuple[int, Any]:
        name = user.get("name", "")
        known = [one for one in self.items["/v3/users"].values() if one["name"] == name]
        domain = user.get("domain", {}).get("name")
        whole = [one for one in self.items["/v3/domains"].values() if one["name"] == domain]
        off = any(not one.get("enabled", True) for one in (*known, *whole))
        if off or self.passwords.get(name) != user["password"]:
            return 401, {"error": {"message": "The request you have made requires authentication.", "code": 401}}
        catalog = [
            {
                "type": service,
                "name": NAMES.get(service, service),
                "endpoints": [{"interface": "public", "region_id": "RegionOne", "url": f"{self.url}/{service}"}]
                if service not in self.disabled
                else [],
            }
            for service in self.services
        ]
        token = {
            "expires_at": "2999-01-01T00:00:00.000000Z",
            "methods": ["password"],
            "user": {"id": "user-admin", "name": "admin", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": PROJECT, "name": "admin", "domain": {"id": "default", "name": "Default"}},
            "catalog": catalog,
        }
        return 201, {"token": token}

    def _list(self, path: str, query: Query) -> Any:
        plural, single = COLLECTIONS[path]
        found = [
            item
            for item in self.items[path].values()
            if all(key == "fixed_ips" or key not in item or str(item[key]) in values for key, values in query.items())
        ]
        if "fixed_ips" in query:
            subnet = query["fixed_ips"][0].removeprefix("subnet_id=")
            found = [item for item in found if any(ip["subnet_id"] == subnet for ip in item["fixed_ips"])]
        return {plural: [{single: item} for item in found] if plural == "keypairs" else found}

    def _make(self, path: str, body: Any) -> tuple[int, Any]:
        single = COLLECTIONS[path][1]
        values = dict(body[single] if single else body)
        taken = any(item.get("name") == values.get("name", 0) for item in self.items[path].values())
        if taken and path in ("/v3/users", "/v3/projects", "/v3/roles"):
            return 409, {"error": {"message": "Conflict occurred", "code": 409}}
        if path == "/image/v2/images":
            values |= {"status": "queued", "owner": PROJECT, "min_disk": values.get("min_disk", 0)}
            values |= {"min_ram": values.get("min_ram", 0)}
        if single == "keypair":
            values["id"] = values["name"]
        if single == "security_group":
            values["security_group_rules"] = []
        made = self.add(path, **values)
        return 201, {single: made} if single else made

    def _one(self, method: str, collection: str, identity: str, body: Any) -> tuple[int, Any]:
        single = COLLECTIONS[collection][1]
        item = self.items[collection][identity]
        if method != "GET" and self.refused == f"{collection}/{identity}":
            return 409, {"NeutronError": {"message": "refused for the test"}}
        if method == "DELETE":
            del self.items[collection][identity]
            return 204, None
        if method in ("PUT", "PATCH"):
            if single:
                item |= body[single]
            else:
                item |= {change["path"].removeprefix("/"): change["value"] for change in body}
        return 200, {single: item} if single else item

    def _interface(self, path: str, subnet: str) -> tuple[int, Any]:
        router, action = path.split("/")[-2:]
        ports = self.items["/network/v2.0/ports"]
        if action.startswith("add"):
            owner = "network:router_interface"
            ips = [{"subnet_id": subnet, "ip_address": "10.0.0.1"}]
            self.add("/network/v2.0/ports", name="", device_owner=owner, device_id=router, fixed_ips=ips)
        else:
            for identity, port in list(ports.items()):
                if port["device_id"] == router and port["fixed_ips"][0]["subnet_id"] == subnet:
                    del ports[identity]
        return 200, {}

    def _rules(self, body: Any) -> tuple[int, Any]:
        rules = body.get("security_group_rules") or [body["security_group_rule"]]
        for rule in rules:
            group = self.items["/network/v2.0/security-groups"][rule["security_group_id"]]
            group["security_group_rules"].append({"port_range_min": None, "port_range_max": None, **rule})
        return 201, {"security_group_rules": rules}

    def _assignment(self, role: str, user: str, domain: str = "") -> Item:
        roles = self.items["/v3/roles"]
        users = {**self.items["/v3/users"], "user-admin": {"name": "admin"}}
        name = self.items["/v3/domains"][domain]["name"] if domain else "Default"
        mine = {"project": {"id": PROJECT, "name": "admin"}}
        service = {"project": {"id": "p", "name": "service"}}
        return {
            "user": {"id": user, "name": users[user]["name"], "domain": {"name": name}},
            "role": {"id": role, "name": roles[role]["name"]},
            "scope": {"domain": {"name": name}} if domain else mine if user == "user-admin" else service,
        }


@contextmanager
def running() -> Iterator[FakeCloud]:
    """Run a fake cloud on a port of this machine."""
    cloud = FakeCloud()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet: the second of two would wait 40 ms for the first one's acknowledgement.
        wbufsize = -1

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            cloud.requests.append((self.command, parts.path))
            headers: dict[str, str] = {"Content-Type": "application/json"}
            fault = next((one for one in cloud.faults if parts.path.startswith(one[0])), None)
            if fault:
                cloud.faults.remove(fault)
                status, text = fault[1], fault[3]
                headers |= fault[2]
                if not status:
                    return  # no answer at all
            else:
                status, body = cloud.answer(self.command, parts.path, parse_qs(parts.query), raw)
                text = "" if body is None else json.dumps(body)
            if parts.path == "/v3/auth/tokens":
                headers["X-Subject-Token"] = "token"
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    cloud.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
