"""What is left of services that are off: catalogue entries, service users, volumes, and data where it was asked for.

Clients lose a service's address first; then its containers go, then what it worked with. Only what a declaration of
ours names is ever removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from skylift.model.container import LABEL
from skylift.model.desired import CatalogueEntry, Desired, Retired
from skylift.model.observed import Observed, ObservedApis
from skylift.model.plan import Operation
from skylift.plan.containers import ContainerPlanner


@dataclass
class Retirement:
    """``before`` and ``causes`` are, by service, what its containers' removal waits for, and why they are removed.

    ``first`` is what must be done while all still runs as it does. ``graces`` are the seconds that a container is
    given at its stop.
    """

    operations: list[Operation] = field(default_factory=list)
    first: frozenset[str] = frozenset()
    before: dict[str, frozenset[str]] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    graces: dict[str, int] = field(default_factory=dict)


def retire(desired: Desired, observed: Observed, planner: ContainerPlanner) -> Retirement:
    """Return the operations on what is left of the services that are off, their containers aside."""
    result = Retirement()
    for one in desired.retired:
        _Remains(one, desired, observed, planner).plan(result)
    return result


class _Remains:
    """What is left of one service."""

    def __init__(self, one: Retired, desired: Desired, observed: Observed, planner: ContainerPlanner) -> None:
        self.one = one
        self.desired = desired
        self.observed = observed
        self.planner = planner
        self.found: list[Operation] = []
        labels: Mapping[str, Mapping[str, str]] = {n: state.labels for n, state in observed.containers.items()}
        self.containers = [name for name, label in labels.items() if label.get(LABEL + "service") == one.service]

    def plan(self, result: Retirement) -> None:
        one, apis = self.one, self.observed.apis
        answers = self._ready(*one.requires)
        held: frozenset[str] = frozenset()
        if one.erase and self._answers():
            # Others help with it (volumes are detached by Nova) that will not know the service any more.
            works = apis is not None and not self.observed.refused and self._run(*one.requires)
            held = self._add("holdings.remove", one.service, frozenset() if works else answers)
            result.first |= held if works else frozenset()
        entries: frozenset[str] = frozenset()
        for entry in one.catalogue:
            if self._listed(entry, apis):
                entries |= self._add("endpoint.remove", entry.name, answers | held, entry)
        result.before[one.service] = held | entries
        result.causes[one.service] = one.cause
        result.graces |= dict(one.graces)
        # An operation on containers that are not there would wait for nothing.
        gone = entries | held | frozenset(f"container.remove:{name}" for name in self.containers)
        if one.account and self._ours(apis):
            if one.erase or not one.trusted:
                self._add("account.remove", one.account, answers | gone, one.account)
            elif apis is None or one.account not in apis.disabled:
                self._add("account.disable", one.account, answers | gone, one.account)
        for domain in one.domains:
            self._domain(domain, apis, answers | gone)
        for volume in (*one.volumes, *(one.data_volumes if one.erase else ())):
            if volume in self.observed.volumes:
                self._add("volume.remove", volume, gone)
        if one.erase:
            for role in one.roles:
                if apis is not None and role in apis.roles:
                    self._add("role.remove", role, answers | gone, role)
            self._databases(gone)
        result.operations += self.found

    def _add(self, action: str, target: str, needs: frozenset[str], payload: object = None) -> frozenset[str]:
        one = Operation(f"{action}:{target}", action, target, self.one.cause, self.one.service, needs, payload)
        self.found.append(one)
        return frozenset({one.id})

    def _ready(self, *services: str) -> frozenset[str]:
        names = [name for name, spec in self.planner.specs.items() if spec.service in services]
        return self.planner.ready_needs(tuple(names))

    def _run(self, *services: str) -> bool:
        """Whether all containers of these services run now, whatever is to become of them."""
        specs = [spec for spec in self.planner.specs.values() if spec.service in services and not spec.job]
        states = [self.observed.containers.get(spec.name) for spec in specs]
        return all(state is not None and state.status == "running" for state in states)

    def _answers(self) -> bool:
        """Whether the service still runs, and can be asked to give up what it holds for users."""
        states = [self.observed.containers[name] for name in self.containers]
        return any(state.status == "running" for state in states)

    def _listed(self, entry: CatalogueEntry, apis: ObservedApis | None) -> bool:
        """Whether the catalogue has it at our address; while keystone is silent, whether the service is there."""
        if apis is None:
            return bool(self.containers)
        same = [known for known in apis.catalogue if known.type == entry.type and known.name == entry.name]
        return any(entry.url in known.urls.values() for known in same)

    def _ours(self, apis: ObservedApis | None) -> bool:
        """Whether the service user is there and was made by us: by its mark, or since our containers use it."""
        if apis is None:
            return bool(self.containers)
        account = self.one.account
        return account in apis.made or (account in apis.accounts and bool(self.containers))

    def _domain(self, name: str, apis: ObservedApis | None, needs: frozenset[str]) -> None:
        """Have nobody of a domain of ours log in any more; its users, who are data, go when these do."""
        on, ours = apis.domains.get(name, (False, False)) if apis is not None else (bool(self.containers),) * 2
        if ours and self.one.erase:
            self._add("domain.remove", name, needs, name)
        elif ours and on:
            self._add("domain.disable", name, needs, name)

    def _databases(self, gone: frozenset[str]) -> None:
        server = next((name for name, spec in self.planner.specs.items() if spec.service == DATABASE), "")
        if not server:
            return
        ready = self._ready(DATABASE)
        for database, user in self.one.databases:
            self._add("database.remove", database, gone | ready, (server, database, user))


DATABASE = "mariadb"
"""The service whose first container serves the databases."""
