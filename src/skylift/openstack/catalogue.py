"""Keystone's content that the services need: roles, catalogue entries with their endpoints, service users."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from skylift.model.desired import CatalogueEntry, ServiceAccount, ServiceDomain
from skylift.model.observed import ObservedApis, ObservedEndpoint
from skylift.openstack.answers import together
from skylift.openstack.client import Api
from skylift.openstack.domains import Domains
from skylift.openstack.known import DOMAIN, PROJECT, Item, Known, create, read
from skylift.openstack.users import Users

INTERFACES = ("public", "internal", "admin")


class Catalogue:
    """Keystone through the administrator's :class:`Api`. Safe to share between threads.

    What is there is read once, in six requests side by side, and kept up to date by what is done here;
    :meth:`forget` makes the next call read it again. ``users`` are those services log in as.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._known: Known | None = None
        self._domains = Domains(api)
        self.users = Users(api, self._domains)

    def forget(self) -> None:
        """Read everything anew at the next call."""
        with self._lock:
            self._known = None
            self._domains.forget()
            self.users.forget()

    def observe(self) -> ObservedApis:
        """Return all of keystone's part: the catalogue, who has which roles, the roles and domains there are."""
        known = self._read()
        return ObservedApis(
            catalogue=tuple(self._entry(service, known) for service in known.services),
            accounts={name: frozenset(roles) for name, roles in known.grants.items()},
            roles=frozenset(known.roles),
            domains=self._domains.observe(),
            granted=frozenset(known.granted),
            project_off=any(not one.get("enabled", True) for one in known.projects),
        )

    def _entry(self, service: Item, known: Known) -> ObservedEndpoint:
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

    def ensure_role(self, name: str, *, granted: bool = False) -> str:
        """Make sure that the role is there, and the administrator's if ``granted``; return what was done."""
        known = self._read()
        done = "was there"
        if name not in known.roles:
            known.roles[name] = create(self._api, "roles", "role", {"name": name}, {"name": name})["id"]
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
        self.users.forget_domain(name)
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

    def _right(self, service: Item, known: Known, url: str) -> int:
        """Return how many endpoints of the service are as they should be."""
        return sum(one["service_id"] == service["id"] and one["url"] == url for one in known.endpoints)

    def _endpoint(
        self, known: Known, service: str, interface: str, url: str, done: list[str]
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
        user, done = self.users.ensure(account)
        have = known.grants.setdefault(account.id, set())
        missing = sorted({"admin", *account.roles} - have)
        for role in missing:
            self.ensure_role(role)
        grant = f"{self._scope(account) if missing else ''}/users/{user}/roles/"
        together([partial(self._api.put, "identity", grant + known.roles[role]) for role in missing])
        have |= set(missing)
        if not account.domain and self._enable_project(known):
            done.append(f"project {PROJECT} enabled")
        if missing and "created" not in done:
            done.append(f"given {', '.join(missing)}")
        return ", ".join(done) or "was right"

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

    def remove_account(self, name: str) -> str:
        """Remove a service user; its roles and tokens go with it."""
        self._read().grants.pop(name, None)
        return self.users.remove(name)

    def remove_role(self, name: str) -> str:
        """Remove a role; whoever had it has it no longer."""
        role = self._read().roles.pop(name, None)
        if role is None:
            return "was gone"
        self._api.delete("identity", f"/v3/roles/{role}")
        return "removed"

    def _read(self) -> Known:
        with self._lock:
            if self._known is None:
                self._known = read(self._api, self._domains)
            return self._known

    def _scope(self, account: ServiceAccount) -> str:
        """Return the path of what a user has its roles on."""
        if account.domain:
            return f"/v3/domains/{self.users.domain_id(account.domain)}"
        return f"/v3/projects/{self._project()['id']}"

    def _project(self) -> Item:
        known = self._read()
        with self._lock:
            if not known.projects:
                match = {"name": PROJECT, "domain_id": DOMAIN}
                body = {**match, "description": "Users of the services"}
                known.projects.append(create(self._api, "projects", "project", body, match))
            return known.projects[0]

    def _enable_project(self, known: Known) -> bool:
        """Enable the services' project where it is disabled, once; return whether it was done."""
        with self._lock:
            off = [one for one in known.projects if not one.get("enabled", True)]
            for one in off:
                self._api.patch("identity", f"/v3/projects/{one['id']}", {"project": {"enabled": True}})
                one["enabled"] = True
        return bool(off)


def _listed(known: Known, entry: CatalogueEntry) -> list[Item]:
    return [one for one in known.services if one["type"] == entry.type and one.get("name") == entry.name]
