"""Domains in keystone that services keep users in."""

from __future__ import annotations

import threading
from typing import Any

from skylift.model.desired import MADE, ServiceDomain
from skylift.openstack.client import Api

Item = dict[str, Any]
PATH = "/v3/domains"


class Domains:
    """Keystone's domains, listed once and kept up to date by what is done here. Safe to share between threads."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._items: dict[str, Item] | None = None

    def forget(self) -> None:
        """List them anew at the next call."""
        with self._lock:
            self._items = None

    def observe(self) -> dict[str, tuple[bool, bool]]:
        """Return for each domain whether it is on, and whether it bears Skylift's mark."""
        items = self._read().values()
        return {one["name"]: (bool(one.get("enabled", True)), _ours(one)) for one in items}

    def id(self, name: str) -> str:
        """Return a domain's id. Raises KeyError."""
        return str(self._read()[name]["id"])

    def find(self, name: str) -> Item | None:
        """Return the domain, or None."""
        return self._read().get(name)

    def ensure(self, domain: ServiceDomain) -> str:
        """Make sure that the domain is there and on; return what was done."""
        found = self.find(domain.name)
        if found is None:
            body = {"name": domain.name, "description": domain.description, "enabled": True}
            self._read()[domain.name] = self._api.post("identity", PATH, {"domain": body})["domain"]
            return "created"
        return self._switch(found, on=True)

    def disable(self, name: str) -> str:
        """Switch the domain off: its users stay, and none of them can log in."""
        found = self.find(name)
        return self._switch(found, on=False) if found is not None else "was gone"

    def remove(self, name: str) -> str:
        """Remove the domain with all its users and projects."""
        found = self.find(name)
        if found is None:
            return "was gone"
        # Keystone refuses to delete one that is on.
        self._switch(found, on=False)
        self._api.delete("identity", f"{PATH}/{found['id']}")
        self._read().pop(name, None)
        return "removed"

    def _switch(self, domain: Item, *, on: bool) -> str:
        if bool(domain.get("enabled", True)) == on:
            return "was right"
        self._api.patch("identity", f"{PATH}/{domain['id']}", {"domain": {"enabled": on}})
        domain["enabled"] = on
        return "switched on" if on else "switched off"

    def _read(self) -> dict[str, Item]:
        with self._lock:
            if self._items is None:
                listed = self._api.list("identity", PATH, "domains")
                self._items = {one["name"]: one for one in listed}
            return self._items


def _ours(domain: Item) -> bool:
    return str(domain.get("description")).endswith(MADE)
