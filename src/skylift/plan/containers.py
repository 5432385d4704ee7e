"""Operations on containers and jobs."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired, ServiceAccount
from skylift.model.observed import Observed
from skylift.model.plan import AWAITED, Operation
from skylift.plan.accounts import orphans
from skylift.plan.compare import Finding, compare
from skylift.plan.credentials import CATALOGUE, PASSWORD, Credentials

REFUSED = "keystone does not accept the administrator's password of passwords.yml: it is set anew"


class ContainerPlanner:
    """Decides for each container what is to be done, and on what each operation waits."""

    def __init__(self, desired: Desired, observed: Observed, made: frozenset[str]) -> None:
        self.specs = {spec.name: spec for spec in desired.containers}
        self.observed = observed
        self.made = made
        self._ready_asked: set[str] = set()
        self._orphans = orphans(desired.accounts, observed.apis, self.specs)

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """What each container needs, after the consequences of new volumes and new nodes were drawn."""
        found = {name: self._finding(spec) for name, spec in self.specs.items()}
        nodes = {spec.node: found[name] for name, spec in self.specs.items() if spec.service == "node"}
        for name, spec in self.specs.items():
            node = nodes.get(spec.node)
            if spec.service == "node" or node is None or found[name].verdict == "create":
                continue
            if spec.job and found[name].verdict != "start":
                continue
            if node.verdict in ("create", "recreate"):
                found[name] = _made_anew(found[name], f"its node {spec.node} is made anew")
            elif node.verdict in ("start", "restart") and found[name].verdict == "keep":
                found[name] = Finding("restart", f"its node {spec.node} is restarted")
            elif node.verdict in ("start", "restart") and (found[name].verdict == "reload" or self._runs(spec)):
                found[name] = _made_anew(found[name], f"its node {spec.node} is restarted")
        for name, spec in self.specs.items():
            done = found[name].verdict == "keep" or (found[name].verdict == "start" and self._runs(spec))
            if done and self._lost(spec):
                found[name] = Finding("recreate", "the data it had prepared are gone")
            if spec.job and found[name].verdict == "keep" and f"{PASSWORD}{self.observed.refused}" in spec.inputs:
                found[name] = Finding("recreate", REFUSED)
            if name in self._orphans and found[name].verdict == "keep":
                names = ", ".join(account.id for account in self._orphans[name])
                found[name] = Finding(
                    "restart", f"user {names} is made anew, and its tokens are of the one that is gone"
                )
        return found

    def stopped_for(self, account: ServiceAccount) -> frozenset[str]:
        """Return what stops those that hold tokens of a user, where it is to be made anew.

        They stop before: cut off in between, the next plan still knows that they have to start again.
        """
        return frozenset(
            self._stop_id(name)
            for name, users in self._orphans.items()
            if account in users and self.findings[name].verdict == "restart"
        )

    @cached_property
    def _fresh(self) -> frozenset[str]:
        """Those whose volume is made anew."""
        return frozenset(name for name, spec in self.specs.items() if self._on_new_volume(spec))

    def _lost(self, spec: ContainerSpec) -> frozenset[str]:
        """Return who has lost the data that a job prepared."""
        return self._fresh & self._behind(spec.name) if spec.job and self._fresh else frozenset()

    def cleared(self) -> dict[str, frozenset[str]]:
        """Return, by the place that is made anew, what has to be removed before.

        Once it is there, nobody could tell any more that what is left of the old one is of no use.
        """
        found: dict[str, set[str]] = {}
        for name, spec in self.specs.items():
            if self.findings[name].verdict == "recreate":
                for one in (spec, *(self.specs[lost] for lost in self._lost(spec))):
                    for place in self._lost_places(one):
                        found.setdefault(place, set()).add(f"container.remove:{name}")
        return {place: frozenset(removals) for place, removals in found.items()}

    @cached_property
    def credentials(self) -> Credentials:
        """Who has to be stopped before a changed password is set, and who sets it."""
        return Credentials(self.specs, self.observed.containers, self.findings)

    def operations(self) -> list[Operation]:
        """Return all operations on containers, without those of the catalogue in their needs."""
        operations: list[Operation] = []
        for name, spec in self.specs.items():
            operations += self._of(spec, self.findings[name])
        return operations

    def awaited(self) -> list[Operation]:
        """Return operations for what is left alone but was not ready yet when something asked for it."""
        return [
            Operation(
                id=self.ready_id(name),
                action="container.ready",
                target=name,
                cause=AWAITED,
                service=self.specs[name].service,
                payload=self.specs[name],
            )
            for name in sorted(self._ready_asked)
        ]

    def with_catalogue(self, operations: list[Operation], catalogue: tuple[str, ...]) -> list[Operation]:
        """Return the operations with those that wait for the catalogue made to wait for its operations."""
        return [
            replace(operation, needs=operation.needs | frozenset(catalogue))
            if operation.action in ("container.start", "job.run") and CATALOGUE in self.specs[operation.target].after
            else operation
            for operation in operations
        ]

    def ready_id(self, name: str) -> str:
        """Return the id of the operation after which ``name`` can be used."""
        return f"job.run:{name}" if self.specs[name].job else f"container.ready:{name}"

    def ready_needs(self, names: tuple[str, ...]) -> frozenset[str]:
        """Return ids of the operations to wait for until all of ``names`` can be used; none for what is ready.

        A job that is done is no reason to wait, but what it needed may have to be: who comes after the job that made
        the databases needs the server.
        """
        needs = set()
        for name in names:
            if name == CATALOGUE:
                continue
            state = self.observed.containers.get(name)
            if self.findings[name].verdict != "keep":
                needs.add(self.ready_id(name))
            elif self.specs[name].job:
                needs |= self.ready_needs(self.specs[name].after)
            elif state is not None and state.health not in ("healthy", ""):
                self._ready_asked.add(name)
                needs.add(self.ready_id(name))
        return frozenset(needs)

    def _finding(self, spec: ContainerSpec) -> Finding:
        state = self.observed.containers.get(spec.name)
        node = None
        if spec.network.startswith("container:"):
            node = self.observed.containers.get(spec.network.removeprefix("container:"))
        image = self.observed.images.get(state.image_id) if state is not None else None
        finding = compare(spec, state, node, image)
        if finding.verdict != "create" and self._on_new_volume(spec) and not spec.job:
            return _made_anew(finding, "its volume is made anew")
        if finding.verdict != "create" and self._on_new_network(spec):
            # The engine may still list the network that is gone, and would not start the container.
            return _made_anew(finding, "its network is made anew")
        return finding

    def _runs(self, spec: ContainerSpec) -> bool:
        """Whether it is a job that is at work, and would go on in a network that is gone."""
        state = self.observed.containers.get(spec.name)
        return spec.job and state is not None and state.status == "running"

    def _on_new_network(self, spec: ContainerSpec) -> bool:
        return any(place.startswith("network.create:") for place in self._lost_places(spec))

    def _on_new_volume(self, spec: ContainerSpec) -> bool:
        return any(place.startswith("volume.create:") for place in self._lost_places(spec))

    def _lost_places(self, spec: ContainerSpec) -> list[str]:
        """Return what is made anew that it works on; logs are none of it."""
        return [place for place in self._new_places(spec) if not place.endswith("kolla_logs")]

    def _behind(self, name: str) -> set[str]:
        """Return every container and job that ``name`` waits for, directly or not."""
        seen: set[str] = set()
        queue = [name]
        while queue:
            for before in self.specs[queue.pop()].after:
                if before in self.specs and before not in seen:
                    seen.add(before)
                    queue.append(before)
        return seen

    def _of(self, spec: ContainerSpec, finding: Finding) -> list[Operation]:
        if finding.verdict == "keep":
            return []
        operations: list[Operation] = []
        name, cause = spec.name, finding.cause

        def add(action: str, needs: frozenset[str], payload: object) -> str:
            identity = f"{action}:{name}"
            operations.append(Operation(identity, action, name, cause, spec.service, needs, payload))
            return identity

        starts = self.ready_needs(spec.after) | self._places(spec)
        # Whoever sets a changed password waits until nobody works with the old one; they start when it is set.
        starts |= frozenset(self.ready_id(authority) for authority in self.credentials.awaited_by(name))
        orphaned = self._orphans.get(name, ()) if finding.verdict in ("start", "restart") else ()
        starts |= frozenset(f"account.ensure:{account.id}" for account in orphaned)
        stops = frozenset(self._stop_id(client) for client in self.credentials.stopped_before(name))
        # What is there serves until all that the new one waits for is ready, unless it could not work till then.
        early = spec.service == "node" or name in self.credentials.clients or self._loses_its_place(spec)
        early = early or bool(orphaned)
        early = early or bool(self._lost(spec))
        leaves = stops if early else stops | starts
        if finding.verdict == "reload":
            reloaded = add("container.reload", starts | stops, spec)
            add("container.ready", frozenset({reloaded}), spec)
            return operations
        before = stops
        if finding.verdict == "recreate":
            before = frozenset({add("container.remove", leaves, spec.grace)})
        elif finding.verdict == "restart":
            before = frozenset({add("container.stop", leaves, spec.grace)})
        if finding.verdict in ("create", "recreate"):
            before = frozenset({add("container.create", before | self._places(spec), spec)})
        if spec.job:
            add("job.run", before | starts | stops, spec)
        else:
            started = add("container.start", before | starts, spec)
            add("container.ready", frozenset({started}), spec)
        return operations

    def _stop_id(self, name: str) -> str:
        """Return the id of the operation after which ``name`` no longer runs."""
        action = "container.remove" if self.findings[name].verdict == "recreate" else "container.stop"
        return f"{action}:{name}"

    def _loses_its_place(self, spec: ContainerSpec) -> bool:
        """Whether the node or a volume under it goes away meanwhile."""
        node = self.findings.get(spec.network.removeprefix("container:"))
        return (node is not None and node.verdict != "keep") or self._on_new_volume(spec)

    def _places(self, spec: ContainerSpec) -> frozenset[str]:
        return self._new_places(spec) | self._node_started(spec)

    def _new_places(self, spec: ContainerSpec) -> frozenset[str]:
        wanted = [f"volume.create:{mount.source}" for mount in spec.mounts if mount.kind == "volume"]
        wanted += [f"network.create:{attachment.network}" for attachment in spec.attachments]
        return frozenset(identity for identity in wanted if identity in self.made)

    def _node_started(self, spec: ContainerSpec) -> frozenset[str]:
        if not spec.network.startswith("container:"):
            return frozenset()
        node = spec.network.removeprefix("container:")
        return self.ready_needs((node,)) if node in self.specs else frozenset()


def _made_anew(finding: Finding, why: str) -> Finding:
    """Return the finding of a container that is recreated in any case; what else is otherwise stays said."""
    if finding.verdict not in ("recreate", "reload"):
        return Finding("recreate", why)
    causes = (why, *(finding.causes or (finding.cause,)))
    return Finding("recreate", ", ".join(causes), finding.files, causes)
