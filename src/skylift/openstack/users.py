"""Users in keystone whom services log in as."""

from __future__ import annotations

import threading

from skylift.model.desired import MADE, ServiceAccount
from skylift.openstack.client import Api, Credentials
from skylift.openstack.domains import Domains
from skylift.openstack.errors import ApiProblem
from skylift.openstack.known import DOMAIN, Item, create


class Users:
    """The users of each domain, listed once and kept up to date by what is done here. Safe to share between threads."""

    def __init__(self, api: Api, domains: Domains) -> None:
        self._api = api
        self._domains = domains
        self._lock = threading.Lock()
        self._items: dict[str, dict[str, Item]] = {}

    def forget(self) -> None:
        """List them anew at the next call."""
        with self._lock:
            self._items = {}

    def forget_domain(self, name: str) -> None:
        """Do not believe in the users of a domain any more."""
        with self._lock:
            self._items.pop(name, None)

    def of(self, domain: str = "") -> dict[str, Item]:
        """Return the users of a domain by name, of the default one where none is named. Raises KeyError."""
        identity = self.domain_id(domain)
        with self._lock:
            if domain not in self._items:
                users = self._api.list("identity", "/v3/users", "users", domain_id=identity)
                self._items[domain] = {user["name"]: user for user in users}
            return self._items[domain]

    def domain_id(self, name: str) -> str:
        """Return the id of a domain, of the default one for an empty name. Raises KeyError."""
        return self._domains.id(name) if name else DOMAIN

    def made(self) -> frozenset[str]:
        """Return the names of those that bear Skylift's mark."""
        return frozenset(name for name, user in self.of().items() if str(user.get("description")).endswith(MADE))

    def disabled(self) -> frozenset[str]:
        """Return the names of those that are disabled."""
        return frozenset(name for name, user in self.of().items() if not user.get("enabled", True))

    def why_refused(self, account: ServiceAccount) -> str:
        """Return why a user is not let in: missing, disabled, off (its domain), or refused when it is the password."""
        if account.domain:
            domain = self._domains.find(account.domain)
            if domain is None or not domain.get("enabled", True):
                return "missing" if domain is None else "off"
        user = self.of(account.domain).get(account.name)
        return "missing" if user is None else "refused" if user.get("enabled", True) else "disabled"

    def ensure(self, account: ServiceAccount) -> tuple[str, list[str]]:
        """Make sure that the user is there and can log in; return its id and what was done."""
        users = self.of(account.domain)
        if account.name in users:
            return users[account.name]["id"], self._mend(account, users[account.name])
        match = {"name": account.name, "domain_id": self.domain_id(account.domain)}
        password = account.password.reveal()
        body = {**match, "description": account.description, "password": password, "enabled": True}
        users[account.name] = create(self._api, "users", "user", body, match)
        return users[account.name]["id"], ["created"]

    def _mend(self, account: ServiceAccount, user: Item) -> list[str]:
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

    def disable(self, name: str) -> str:
        """Have nobody log in as this user; what it was trusted with stays."""
        user = self.of().get(name)
        if user is None or not user.get("enabled", True):
            return "was gone" if user is None else "was disabled"
        self._api.patch("identity", f"/v3/users/{user['id']}", {"user": {"enabled": False}})
        user["enabled"] = False
        return "disabled"

    def remove(self, name: str) -> str:
        """Remove the user; its roles and tokens go with it."""
        user = self.of().pop(name, None)
        if user is None:
            return "was gone"
        self._api.delete("identity", f"/v3/users/{user['id']}")
        return "removed"


def login(where: Credentials, account: ServiceAccount, timeout: float = 10.0) -> str:
    """Return whether keystone takes the account's name and password: ok or refused; empty when it cannot tell.

    ``timeout`` in seconds. It costs keystone some 60 ms of a processor.
    """
    from skylift.openstack.session import accepts

    try:
        return "ok" if accepts(where, account.name, account.password, timeout, account.domain) else "refused"
    except ApiProblem:
        return ""
