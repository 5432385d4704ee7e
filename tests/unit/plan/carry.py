"""What an engine and the APIs would show after a plan was carried out, by what each action means to them.

On the way it is checked that nothing is done before what it needs, and that no order leads to a lock-out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from tests.unit.plan.world import CLOUD, apis, settled, setup, state

from skylift.model.container import LABEL, ContainerSpec, ContainerState, stamp
from skylift.model.desired import Desired
from skylift.model.observed import Observed, ObservedApis, ObservedEndpoint, ObservedNetwork
from skylift.model.plan import Operation, Plan


def carried_out(plan: Plan | Iterable[Operation], wanted: Desired, before: Observed) -> Observed:
    """Return the observation after the operations were carried out in this order."""
    engine = Engine(wanted, before)
    for operation in plan:
        engine.carry_out(operation)
    return engine.observed()


class Engine:
    """Containers, networks and volumes in memory, and what is known through the APIs."""

    def __init__(self, wanted: Desired, before: Observed) -> None:
        self.wanted, self.goal, self.apis = wanted, apis(wanted), before.apis
        self.refused = before.refused
        self.specs = {one.name: one for one in wanted.containers}
        self.containers, self.networks = dict(before.containers), dict(before.networks)
        self.volumes, self.images = set(before.volumes), {**before.images, **settled(wanted).images}
        services = {one.labels.get(LABEL + "service") for one in before.containers.values()}
        self.left = [one for one in wanted.retired if one.service in services]
        self.done: set[str] = set()
        self.clock = max([100.0, *(one.started for one in before.containers.values())])

    def observed(self) -> Observed:
        return Observed(
            self.containers, self.networks, frozenset(self.volumes), self.apis, self.images, refused=self.refused
        )

    def carry_out(self, operation: Operation) -> None:
        """Carry out one operation."""
        assert operation.needs <= self.done, f"{operation.id} before {sorted(operation.needs - self.done)}"
        self.clock += 1
        action, target = operation.action, operation.target
        match action:
            case "network.create":
                self.networks[target] = ObservedNetwork(target, "", "")
            case "volume.create":
                self.volumes.add(target)
            case "volume.remove":
                self.volumes.remove(target)
            case "container.remove":
                self.containers.pop(target, None)
            case "container.stop":
                self.containers[target] = replace(self.containers[target], status="exited")
            case "container.create":
                assert target not in self.containers, f"{target} is there already"
                self._check_places(self.specs[target])
                self.containers[target] = self._created(self.specs[target])
            case "container.start":
                self._check_turn(self.specs[target])
                self._begun(target, status="running", health="starting", exit_code=0)
            case "container.reload":
                self._check_turn(self.specs[target], begins=False)
                assert self.containers[target].status == "running", f"{target} is told to reload, and does not run"
                self._reloaded(self.specs[target])
            case "container.ready":
                assert self.containers[target].status == "running", f"{target} is waited for, and does not run"
                self.containers[target] = replace(self.containers[target], health="healthy")
            case "job.run":
                self._check_turn(self.specs[target])
                self._begun(target, status="exited", exit_code=0)
                if f"password {self.refused}" in self.specs[target].inputs:
                    self.refused = ""
            case _:
                self._through_an_api(operation)
        self.done.add(operation.id)

    def half(self, operation: Operation, files: bool) -> None:
        """Leave what ``operation`` leaves when it is cut off: with or without its ``files``."""
        target = operation.target
        match operation.action:
            case "container.remove" if target in self.containers:
                found = self.containers[target]
                code = found.exit_code if found.status == "exited" else 137
                self.containers[target] = replace(found, status="exited", health="", exit_code=code)
            case "container.create":
                made = self._created(self.specs[target])
                if files and self.specs[target].attachments:
                    assert made.setup is not None
                    made = replace(made, setup=replace(made.setup, attached=made.setup.attached[:1]))
                elif not files:
                    made = replace(made, stamps=dict.fromkeys(made.stamps, -1))
                self.containers[target] = made
            case "container.start":
                self._begun(target, status="running", health="starting", exit_code=0)
            case "job.run":
                self._begun(target, status="running" if files else "exited", exit_code=137)

    def _created(self, spec: ContainerSpec) -> ContainerState:
        """Return a container under an id of its own, joined to the node that is there now."""
        made = state(spec, engine_id=f"{spec.name}-{self.clock}", status="created", health="", started=0.0)
        if spec.network:
            assert made.setup is not None
            node = self.containers[spec.network.removeprefix("container:")].engine_id
            made = replace(made, setup=replace(made.setup, network=f"container:{node}"))
        return made

    def _begun(self, target: str, **change: object) -> None:
        """A start copies the configuration to where it is used."""
        found = self.containers[target]
        self.containers[target] = replace(found, started=self.clock, edited=(), **change)  # type: ignore[arg-type]

    def _reloaded(self, spec: ContainerSpec) -> None:
        stamps = {path: stamp(digest) for path, digest in spec.file_digests.items()}
        self.containers[spec.name] = replace(self.containers[spec.name], stamps=stamps, edited=())

    def _through_an_api(self, operation: Operation) -> None:
        """All that is in keystone is as wanted once its operations are done; resources one by one."""
        known = self.apis or self._hidden()
        kind, _, name = operation.target.partition("/")
        match operation.action:
            case "resource.ensure":
                known = replace(
                    known, resources={**known.resources, f"{kind}/{name}": self.goal.resources[operation.target]}
                )
            case "role.ensure":
                granted = known.granted | (self.goal.granted & {operation.target})
                known = replace(known, roles=known.roles | {operation.target}, granted=granted)
            case "domain.ensure":
                known = replace(known, domains={**known.domains, operation.target: (True, True)})
            case "domain.disable":
                known = replace(known, domains={**known.domains, operation.target: (False, True)})
            case "account.ensure":
                known = replace(
                    known,
                    accounts={**known.accounts, operation.target: self.goal.accounts[operation.target]},
                    logins={**known.logins, operation.target: "ok"},
                )
            case "account.disable":
                known = replace(known, disabled=known.disabled | {operation.target})
            case "account.remove":
                known = replace(
                    known,
                    accounts={one: roles for one, roles in known.accounts.items() if one != operation.target},
                    made=known.made - {operation.target},
                )
            case "endpoint.ensure":
                others = tuple(one for one in known.catalogue if one.name != operation.target)
                mine = tuple(one for one in self.goal.catalogue if one.name == operation.target)
                known = replace(known, catalogue=others + mine)
            case "endpoint.remove":
                known = replace(known, catalogue=tuple(one for one in known.catalogue if one.name != operation.target))
            case other:
                raise AssertionError(f"no one knows how to {other}")
        self.apis = known

    def _hidden(self) -> ObservedApis:
        """Return what turns out to be in keystone that did not answer before: entries of services that are off."""
        return ObservedApis(
            catalogue=tuple(
                ObservedEndpoint(entry.type, entry.name, {"public": entry.url})
                for one in self.left
                for entry in one.catalogue
            ),
            accounts={one.account: frozenset({"admin"}) for one in self.left},
            made=frozenset(one.account for one in self.left),
        )

    def _check_places(self, spec: ContainerSpec) -> None:
        assert all(mount.source in self.volumes for mount in spec.mounts if mount.kind == "volume"), spec.name
        assert all(one.network in self.networks for one in spec.attachments), spec.name
        if spec.network:
            node, setting = self.containers[spec.network.removeprefix("container:")], self.containers.get(spec.name)
            assert node.status == "running", spec.name
            if setting is not None and setting.setup is not None:
                joined = setting.setup.network.removeprefix("container:")
                assert joined in (node.engine_id, node.name), f"{spec.short} is started in the network of another node"

    def _check_turn(self, spec: ContainerSpec, *, begins: bool = True) -> None:
        """All that it waits for is ready, its node runs, and nobody works with the password that it sets.

        What reloads does not begin with a password: it has had it since its start.
        """
        self._check_places(spec)
        for name in spec.after:
            if name in self.specs:
                assert self._ready(self.specs[name]), f"{spec.short} begins before {self.specs[name].short} is ready"
        for password, client in clients_of(spec, self.specs.values(), self.containers):
            running = self.containers[client.name].status == "running"
            assert not running, f"{client.short} runs with the old {password} when {spec.short} sets it"
        for password, setter in setters_of(spec, self.specs.values(), self.containers) if begins else ():
            raise AssertionError(f"{spec.short} begins with the new {password} before {setter.short} sets it")

    def _ready(self, spec: ContainerSpec) -> bool:
        found = self.containers.get(spec.name)
        if found is None:
            return False
        if spec.job:
            return found.status == "exited" and found.exit_code == 0 and current(spec, found)
        return found.status == "running" and found.health in ("healthy", "") and current(spec, found)


def current(spec: ContainerSpec, found: ContainerState) -> bool:
    """Whether a container is what ``spec`` asks for; its label tells, or after a reload the stamps."""
    labels = spec.labels(CLOUD)
    stamps = {path: stamp(digest) for path, digest in spec.file_digests.items()}
    files = found.stamps == stamps if found.stamps else found.labels.get(LABEL + "files") == labels[LABEL + "files"]
    shape = found.labels.get(LABEL + "shape") == labels[LABEL + "shape"] and found.image_id == spec.image_id
    # Which node it is joined to is told by an id that the specification does not know.
    return (
        shape
        and files
        and (spec.job or found.setup is None or replace(found.setup, network=spec.network) == setup(spec))
    )


def clients_of(
    setter: ContainerSpec, specs: Iterable[ContainerSpec], found: dict[str, ContainerState]
) -> list[tuple[str, ContainerSpec]]:
    """Return each password that ``setter`` is about to set, with each container that was made with the old one."""
    every = list(specs)
    behind = closure(every)
    return [
        (password, client)
        for client in every
        for password in setter.inputs
        if _sets(setter, client, behind) and _has_old(client, password, found)
    ]


def setters_of(
    client: ContainerSpec, specs: Iterable[ContainerSpec], found: dict[str, ContainerState]
) -> list[tuple[str, ContainerSpec]]:
    """Return each password that ``client`` begins with and that is not set yet, with who sets it.

    Left out are setters that wait for ``client`` themselves, since another password has them in the opposite order.
    """
    every = list(specs)
    behind = closure(every)
    if client.job:
        return []
    pairs = [
        (password, setter)
        for setter in every
        for password in client.inputs
        if _sets(setter, client, behind) and _has_old(setter, password, found)
    ]
    waits = [
        replace(one, after=(*one.after, *(two.name for two in every if _share(one, two) and _sets(two, one, behind))))
        for one in every
    ]
    return [(password, setter) for password, setter in pairs if not _reaches(setter.name, client.name, waits)]


def _share(one: ContainerSpec, other: ContainerSpec) -> bool:
    return any(name.startswith("password ") for name in one.inputs.keys() & other.inputs.keys())


def _sets(setter: ContainerSpec, client: ContainerSpec, behind: dict[str, set[str]]) -> bool:
    """Who sets a password: a job, or a container that those who log in wait for."""
    if client.job or client.name == setter.name:
        return False
    return setter.name in behind[client.name] or (setter.job and client.name not in behind[setter.name])


def _has_old(spec: ContainerSpec, password: str, found: dict[str, ContainerState]) -> bool:
    made = found.get(spec.name)
    if made is None or password not in spec.inputs:
        return False
    old = json.loads(made.labels.get(LABEL + "inputs", "{}")).get(password)
    return old not in (None, spec.inputs[password].value)


def _reaches(name: str, other: str, specs: Iterable[ContainerSpec]) -> bool:
    after = {one.name: one.after for one in specs}
    seen, queue = {name}, [name]
    while queue:
        more = [one for one in after.get(queue.pop(), ()) if one not in seen]
        seen.update(more)
        queue += more
    return other in seen


def closure(specs: Iterable[ContainerSpec]) -> dict[str, set[str]]:
    """Return for each container all that it waits for, directly or not: the catalogue is all of keystone's."""
    every = list(specs)
    keystone = [one.name for one in every if one.service == "keystone"]
    after = {
        one.name: [before for name in one.after for before in (keystone if name == "catalogue" else [name])]
        for one in every
    }
    found: dict[str, set[str]] = {}

    def of(name: str) -> set[str]:
        if name not in found:
            found[name] = set(after.get(name, ())).union(*(of(before) for before in after.get(name, ())))
        return found[name]

    for name in after:
        of(name)
    return found
