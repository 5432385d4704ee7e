"""The order in which a changed password reaches those who use it, so that nobody is locked out. Pure.

Its clients (containers that log in with it) are stopped first; then its authority (a job or container that sets it:
the database's accounts, the broker, keystone's users) is changed; then the clients start, with the new one. Whatever is
cut off in between is gone on with by the next plan, since a client that runs still has the password that is valid.
"""

from __future__ import annotations

from collections.abc import Mapping

from skylift.model.container import ContainerSpec, ContainerState
from skylift.plan.compare import Finding, changed_inputs

PASSWORD = "password "  # noqa: S105 - a prefix of names


class Credentials:
    """Clients and authorities of the passwords that differ from those the containers were made with."""

    def __init__(
        self,
        specs: Mapping[str, ContainerSpec],
        states: Mapping[str, ContainerState],
        findings: Mapping[str, Finding],
    ) -> None:
        self._specs = specs
        users: dict[str, list[str]] = {}
        for name, spec in specs.items():
            if findings[name].verdict in ("recreate", "reload"):
                for one in changed_inputs(spec, states.get(name)):
                    if one.name.startswith(PASSWORD):
                        users.setdefault(one.name, []).append(name)
        self._awaited: dict[str, set[str]] = {}
        self._stopped: dict[str, set[str]] = {}
        for names in users.values():
            for client in names:
                if specs[client].job or findings[client].verdict != "recreate":
                    continue
                for authority in names:
                    if authority != client and self._sets(authority, client):
                        self._awaited.setdefault(client, set()).add(authority)
                        self._stopped.setdefault(authority, set()).add(client)

    @property
    def clients(self) -> frozenset[str]:
        """Those that are stopped before a password changes."""
        return frozenset(self._awaited)

    def awaited_by(self, client: str) -> frozenset[str]:
        """Return who sets the passwords that ``client`` starts with."""
        return frozenset(self._awaited.get(client, ()))

    def stopped_before(self, authority: str) -> frozenset[str]:
        """Return the clients that must not run when ``authority`` sets the password."""
        return frozenset(self._stopped.get(authority, ()))

    def _sets(self, authority: str, client: str) -> bool:
        """Whether ``authority`` sets the password that both know: what a client waits for, or a job on its behalf."""
        if authority in self._behind(client):
            return True
        return self._specs[authority].job and client not in self._behind(authority)

    def _behind(self, name: str) -> set[str]:
        seen: set[str] = set()
        queue = [name]
        while queue:
            for before in self._specs[queue.pop()].after:
                if before in self._specs and before not in seen:
                    seen.add(before)
                    queue.append(before)
        return seen
