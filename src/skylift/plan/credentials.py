"""The order in which a changed password reaches those who use it, so that nobody is locked out. Pure.

Its clients (containers that log in with it) are stopped first; then its authority (a job or container that sets it:
the database's accounts, the broker, keystone's users) is changed; then the clients start, with the new one. Whatever is
cut off in between is gone on with by the next plan, since a client that runs still has the password that is valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from skylift.model.container import ContainerSpec, ContainerState
from skylift.plan.compare import Finding, changed_inputs

PASSWORD = "password "  # noqa: S105 - a prefix of names
CATALOGUE = "catalogue"
"""What stands for keystone's entries, and so for all of keystone, where a container says what it waits for."""


class Credentials:
    """Clients and authorities of the passwords that differ from those the containers were made with."""

    def __init__(
        self,
        specs: Mapping[str, ContainerSpec],
        states: Mapping[str, ContainerState],
        findings: Mapping[str, Finding],
    ) -> None:
        self._specs = specs
        self._awaited: dict[str, set[str]] = {}
        self._stopped: dict[str, set[str]] = {}
        self._before: dict[str, set[str]] = {}
        self._keystone = [name for name, spec in specs.items() if spec.service == "keystone"]
        changed = {
            name: {one.name for one in changed_inputs(spec, states.get(name)) if one.name.startswith(PASSWORD)}
            for name, spec in specs.items()
            if findings[name].verdict in ("recreate", "reload")
        }
        moving = frozenset().union(*changed.values())
        if not moving:
            return
        users: dict[str, list[str]] = {}
        for name, spec in specs.items():
            if findings[name].verdict != "keep":
                for password in moving & (spec.inputs.keys() | changed.get(name, set())):
                    users.setdefault(password, []).append(name)
        for password in sorted(users):
            names = users[password]
            jobs = [name for name in names if specs[name].job]
            others = set(names) - set(jobs)
            for client in names:
                if client in others and findings[client].verdict != "reload":
                    old = findings[client].verdict == "recreate" and password in changed[client]
                    self._order(client, jobs, others, stops=old)

    @cached_property
    def clients(self) -> frozenset[str]:
        """Those that are stopped before a password changes."""
        return frozenset().union(*self._stopped.values())

    def awaited_by(self, client: str) -> frozenset[str]:
        """Return who sets the passwords that ``client`` starts with."""
        return frozenset(self._awaited.get(client, ()))

    def stopped_before(self, authority: str) -> frozenset[str]:
        """Return the clients that must not run when ``authority`` sets the password."""
        return frozenset(self._stopped.get(authority, ()))

    def _order(self, client: str, jobs: list[str], others: set[str], *, stops: bool) -> None:
        """Have ``client`` wait for those who set a password: what it waits for anyway, or jobs on its behalf.

        ``stops``: it works with the old password until then.
        """
        behind = self._behind(client)
        authorities = [*(name for name in jobs if name in behind or client not in self._behind(name))]
        authorities += sorted(others & behind)
        for authority in authorities:
            if stops:
                self._stopped.setdefault(authority, set()).add(client)
            # Two passwords may ask for opposite orders; the second one's client then tries until it is let in.
            if authority in behind or not self._waits_for(authority, client):
                self._awaited.setdefault(client, set()).add(authority)

    def _behind(self, name: str) -> set[str]:
        """Return every container and job that ``name`` was declared to wait for, directly or not."""
        if name not in self._before:
            self._before[name] = self._reached(name, {})
        return self._before[name]

    def _waits_for(self, name: str, other: str) -> bool:
        return other in self._reached(name, self._awaited)

    def _reached(self, name: str, further: Mapping[str, set[str]]) -> set[str]:
        seen: set[str] = set()
        queue = [name]
        while queue:
            last = queue.pop()
            after = self._specs[last].after
            for before in (*after, *(self._keystone if CATALOGUE in after else ()), *further.get(last, ())):
                if before in self._specs and before not in seen:
                    seen.add(before)
                    queue.append(before)
        return seen
