"""Keystone's content that the services need: roles, catalogue entries with their endpoints, service users."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from skylift.model.desired import MADE, CatalogueEntry, ServiceAccount, ServiceDomain
from skylift.model.observed import ObservedApis, ObservedEndpoint
from skylift.openstack.answers import together
from skylift.openstack.client import Api, Credentials
from skylift.openstack.domains import Domains
from skylift.openstack.errors import ApiProblem

INTERFACES = ("public", "internal", "admin")
PROJECT = "service"
DOMAIN = "default"
"""The id keystone gives the domain named Default."""

Item = dict[str, Any]


@dataclass
class _Known:
    """What keystone holds, by the names we use.

    ``grants``: user → role names in project service, user@domain → role names on the domain. ``granted``: role names of
    the administrator in his project.
    """

    roles: dict[str, str]
    services: list[Item]
    endpoints: list[Item]
    grants: dict[str, set[str]] = field(default_factory=dict)
    granted: set[str] = field(default_factory=set)


class Catalogue:
    """Keystone through the administrator's :class:`Api`. Safe to share between threads.

    What is there is read once, in five requests side by side, and kept up to date by what is done here;
    :meth:`forget` makes the next call read it again.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._project: str | None = None
        self._users: dict[str, dict[str, Item]] = {}
        self._domains = Domains(api)

    def forget(self) -> None:
        """Read everything anew at the next call."""
        with self._lock:
            self._known = self._project = None
            self._users = {}
            self._domains.forget()

    def observe(self) -> ObservedApis:
        """Return all of keystone's part: the catalogue, who has which roles, the roles and domains there are."""
        known = self._read()
        return ObservedApis(
            catalogue=tuple(self._entry(service, known) for service in known.services),
            accounts={name: frozenset(roles) for name, roles in known.grants.items()},
            roles=frozenset(known.roles),
            domains=self._domains.observe(),
            granted=frozenset(known.granted),
        )

    def _entry(self, service: Item, known: _Known) -> ObservedEndpoint:
        region = self._api.credentials.region_name
        ours = [one for one in known.endpoints if one["service_id"] == service["id"] and one["region_id"] == region]
        interfaces = [one["interface"] for one in ours]
        disabled = {one["interface"] for one in ours if not one.get("enabled", True)}
        return ObservedEndpoint(
            service["type"],
            service.get("name", ""),
            {one["interface"]: one["url"] for one in ours},
            frozenset(disabled | (set() if service.get("enabled", True) else {"service"})),
            frozenset(name for name in interfaces if interfaces.count(name) > 1),
        )

    def why_refused(self, account: ServiceAccount) -> str:
        """Return why a user is not let in: missing, disabled, off (its domain), or refused when it is the password."""
        if account.domain:
            domain = self._domains.find(account.domain)
            if domain is None or not domain.get("enabled", True):
                return "missing" if domain is None else "off"
        user = self._user_items(account.domain).get(account.name)
        return "missing" if user is None else "refused" if user.get("enabled", True) else "disabled"

    def made(self) -> frozenset[str]:
        """Return the names of the users that bear Skylift's mark."""
        users = self._user_items()
        return frozenset(name for name, user in users.items() if str(user.get("description")).endswith(MADE))

    def disabled(self) -> frozenset[str]:
        """Return the names of users that are disabled."""
        return frozenset(name for name, user in self._user_items().items() if not user.get("enabled", True))

    def ensure_role(self, name: str, *, granted: bool = False) -> str:
        """Make sure that the role is there, and the administrator's if ``granted``; return what was done."""
        known = self._read()
        done = "was there"
        if name not in known.roles:
            known.roles[name] = self._create("roles", "role", {"name": name}, {"name": name})["id"]
            done = "created"
        if granted and name not in known.granted:
            place = f"/v3/projects/{self._api.project_id}/users/{self._api.user_id}"
            self._api.put("identity", f"{place}/roles/{known.roles[name]}")
            known.granted.add(name)
            done += ", given to the administrator"
        return done

    def ensure_domain(self, domain: ServiceDomain) -> str:
        """Make sure that the domain is there and on; return what was done."""
        return self._domains.ensure(domain)

    def disable_domain(self, name: str) -> str:
        """Switch a domain off: its users stay, and none of them can log in."""
        return self._domains.disable(name)

    def remove_domain(self, name: str) -> str:
        """Remove a domain with all its users."""
        self._users.pop(name, None)
        return self._domains.remove(name)

    def ensure_entry(self, entry: CatalogueEntry) -> str:
        """Make sure that the service is listed once, with the entry's URL on all three interfaces."""
        known = self._read()
        same = _listed(known, entry)
        done: list[str] = []
        if not same:
            body = {"name": entry.name, "type": entry.type, "description": entry.description, "enabled": True}
            created = self._api.post("identity", "/v3/services", {"service": body})["service"]
            known.services.append(created)
            same, done = [created], ["listed"]
        keep, *extra = sorted(same, key=lambda one: -self._right(one, known, entry.url))
        for duplicate in extra:
            # Its endpoints go with it.
            self._api.delete("identity", f"/v3/services/{duplicate['id']}")
            known.services.remove(duplicate)
            done.append("a duplicate removed")
        if not keep.get("enabled", True):
            self._api.patch("identity", f"/v3/services/{keep['id']}", {"service": {"enabled": True}})
            keep["enabled"] = True
            done.append("enabled")
        calls = [
            call for interface in INTERFACES for call in self._endpoint(known, keep["id"], interface, entry.url, done)
        ]
        together(calls)
        return ", ".join(done) or "was right"

    def _right(self, service: Item, known: _Known, url: str) -> int:
        """Return how many endpoints of the service are as they should be."""
        return sum(one["service_id"] == service["id"] and one["url"] == url for one in known.endpoints)

    def _endpoint(
        self, known: _Known, service: str, interface: str, url: str, done: list[str]
    ) -> list[Callable[[], Any]]:
        region = self._api.credentials.region_name
        same = [
            one
            for one in known.endpoints
            if one["service_id"] == service and one["interface"] == interface and one["region_id"] == region
        ]
        if not same:
            body = {"service_id": service, "interface": interface, "region_id": region, "url": url, "enabled": True}

            def create() -> None:
                known.endpoints.append(self._api.post("identity", "/v3/endpoints", {"endpoint": body})["endpoint"])

            return [create]
        keep, *extra = same
        calls: list[Callable[[], Any]] = []
        for duplicate in extra:
            known.endpoints.remove(duplicate)
            calls.append(partial(self._api.delete, "identity", f"/v3/endpoints/{duplicate['id']}"))
            done.append(f"a second {interface} endpoint removed")
        if keep["url"] != url or not keep.get("enabled", True):
            done.append(f"{interface} was {keep['url'] if keep['url'] != url else 'disabled'}")
            keep |= {"url": url, "enabled": True}
            change = {"endpoint": {"url": url, "enabled": True}}
            calls.append(partial(self._api.patch, "identity", f"/v3/endpoints/{keep['id']}", change))
        return calls

    def ensure_account(self, account: ServiceAccount) -> str:
        """Make sure that the user can log in with its password and has its roles, ``admin`` among them."""
        known = self._read()
        done: list[str] = []
        users = self._user_items(account.domain)
        if account.name not in users:
            match = {"name": account.name, "domain_id": self._domain_id(account.domain)}
            password = account.password.reveal()
            body = {**match, "description": account.description, "password": password, "enabled": True}
            users[account.name] = self._create("users", "user", body, match)
            done.append("created")
        else:
            done += self._mend_user(account, users[account.name])
        user = users[account.name]["id"]
        have = known.grants.setdefault(account.id, set())
        missing = sorted({"admin", *account.roles} - have)
        for role in missing:
            self.ensure_role(role)
        grant = f"{self._scope(account) if missing else ''}/users/{user}/roles/"
        together([partial(self._api.put, "identity", grant + known.roles[role]) for role in missing])
        have |= set(missing)
        if missing and "created" not in done:
            done.append(f"given {', '.join(missing)}")
        return ", ".join(done) or "was right"

    def _mend_user(self, account: ServiceAccount, user: Item) -> list[str]:
        from skylift.openstack.session import accepts

        done = []
        path = f"/v3/users/{user['id']}"
        if not user.get("enabled", True):
            self._api.patch("identity", path, {"user": {"enabled": True}})
            user["enabled"] = True
            done.append("enabled")
        if not accepts(self._api.credentials, account.name, account.password, domain=account.domain):
            change = {"user": {"password": account.password.reveal(), "description": account.description}}
            self._api.patch("identity", path, change)
            done.append("password set")
        return done

    def remove_entry(self, entry: CatalogueEntry) -> str:
        """Take the service out of the catalogue with its endpoints, where they are at the entry's URL."""
        known = self._read()
        removed = 0
        for service in _listed(known, entry):
            urls = {one["url"] for one in known.endpoints if one["service_id"] == service["id"]}
            if urls and entry.url not in urls:
                continue  # somebody's own service under the same name
            self._api.delete("identity", f"/v3/services/{service['id']}")
            known.services.remove(service)
            removed += 1
        return "removed" if removed else "was gone"

    def disable_account(self, name: str) -> str:
        """Have nobody log in as a service user; what it was trusted with stays."""
        user = self._user_items().get(name)
        if user is None or not user.get("enabled", True):
            return "was gone" if user is None else "was disabled"
        self._api.patch("identity", f"/v3/users/{user['id']}", {"user": {"enabled": False}})
        user["enabled"] = False
        return "disabled"

    def remove_account(self, name: str) -> str:
        """Remove a service user; its roles and tokens go with it."""
        known = self._read()
        user = self._user_items().pop(name, None)
        known.grants.pop(name, None)
        if user is None:
            return "was gone"
        self._api.delete("identity", f"/v3/users/{user['id']}")
        return "removed"

    def remove_role(self, name: str) -> str:
        """Remove a role; whoever had it has it no longer."""
        role = self._read().roles.pop(name, None)
        if role is None:
            return "was gone"
        self._api.delete("identity", f"/v3/roles/{role}")
        return "removed"

    def _create(self, collection: str, key: str, body: Item, match: Item) -> Item:
        """Create, or find what somebody else has created at the same moment."""
        try:
            return dict(self._api.post("identity", f"/v3/{collection}", {key: body})[key])
        except ApiProblem as problem:
            if problem.status != 409:
                raise
            found = self._api.list("identity", f"/v3/{collection}", collection, **match)
            if not found:
                raise
            return found[0]

    def _read(self) -> _Known:
        with self._lock:
            if self._known is None:
                get = self._api.list
                roles, services, endpoints, grants, _ = together(
                    [
                        lambda: get("identity", "/v3/roles", "roles"),
                        lambda: get("identity", "/v3/services", "services"),
                        lambda: get("identity", "/v3/endpoints", "endpoints"),
                        lambda: get("identity", "/v3/role_assignments?include_names=1", "role_assignments"),
                        self._domains.observe,
                    ]
                )
                known = _Known({role["name"]: role["id"] for role in roles}, services, endpoints)
                for grant in grants:
                    self._note(grant, known)
                self._known = known
            return self._known

    def _note(self, grant: Item, known: _Known) -> None:
        """Take in who has which role, where it is of interest."""
        user, role, scope = grant.get("user"), grant["role"]["name"], grant.get("scope", {})
        if user is None:
            return
        project, domain = scope.get("project", {}), scope.get("domain", {})
        if project.get("name") == PROJECT:
            known.grants.setdefault(user["name"], set()).add(role)
        elif user.get("id") == self._api.user_id and project.get("id") == self._api.project_id:
            known.granted.add(role)
        elif domain and user.get("domain", {}).get("name") == domain.get("name"):
            known.grants.setdefault(f"{user['name']}@{domain['name']}", set()).add(role)

    def _user_items(self, domain: str = "") -> dict[str, Item]:
        """Return the users of a domain by name, of the default one where none is named."""
        identity = self._domain_id(domain)
        with self._lock:
            if domain not in self._users:
                users = self._api.list("identity", "/v3/users", "users", domain_id=identity)
                self._users[domain] = {user["name"]: user for user in users}
            return self._users[domain]

    def _domain_id(self, name: str) -> str:
        return self._domains.id(name) if name else DOMAIN

    def _scope(self, account: ServiceAccount) -> str:
        """Return the path of what a user has its roles on."""
        if account.domain:
            return f"/v3/domains/{self._domain_id(account.domain)}"
        return f"/v3/projects/{self._project_id()}"

    def _project_id(self) -> str:
        with self._lock:
            if self._project is None:
                match = {"name": PROJECT, "domain_id": DOMAIN}
                found = self._api.list("identity", "/v3/projects", "projects", **match)
                body = {**match, "description": "Users of the services"}
                project = found[0] if found else self._create("projects", "project", body, match)
                self._project = str(project["id"])
            return self._project


def _listed(known: _Known, entry: CatalogueEntry) -> list[Item]:
    return [one for one in known.services if one["type"] == entry.type and one.get("name") == entry.name]


def login(where: Credentials, account: ServiceAccount, timeout: float = 10.0) -> str:
    """Return whether keystone takes the account's name and password: ok or refused; empty when it cannot tell.

    ``timeout`` in seconds. It costs keystone some 60 ms of a processor.
    """
    from skylift.openstack.session import accepts

    try:
        return "ok" if accepts(where, account.name, account.password, timeout, account.domain) else "refused"
    except ApiProblem:
        return ""
