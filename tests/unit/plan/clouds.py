"""Random clouds: what is wanted, and one in any state of disrepair, in the middle of any change."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import NamedTuple

from hypothesis import strategies as st
from tests.unit.plan.world import NODE, apis, desired, settled, spec, state

from skylift.model.container import LATEST_STAMP, ContainerSpec, ContainerState, Mount, Setup
from skylift.model.desired import CatalogueEntry, Desired, Resource, Retired
from skylift.model.observed import Observed, ObservedApis
from skylift.model.plan import Operation
from skylift.plan.make import make

PASSWORDS = ("database_password", "keystone_admin_password")
STATUSES = ("running",) * 6 + ("exited", "created", "paused", "restarting", "dead", "absent")
NOW = LATEST_STAMP + 10**9


class Case(NamedTuple):
    """What is wanted and what is there. Shown as the plan that leads from one to the other."""

    wanted: Desired
    observed: Observed

    def __repr__(self) -> str:
        waits = {spec.short: [name.removeprefix(f"{NODE}-") for name in spec.after] for spec in self.wanted.containers}
        plan = [f"{one.id}: {one.cause}" for one in make(self.wanted, self.observed)]
        return "\n".join(["", *(f"{name} after {after}" for name, after in waits.items()), *plan])


@st.composite
def clouds(draw: st.DrawFn) -> Case:
    """Draw a wanted cloud of up to eight containers and jobs, and what is found: in part another version of it.

    Hypothesis chooses the size and a seed: to choose all the rest would take it longer than to plan.
    """
    return cloud_of(draw(st.integers(1, 8)), random.Random(draw(st.integers(0, 2**32))))  # noqa: S311 - no secret


def cloud_of(size: int, dice: random.Random) -> Case:
    """Return a wanted cloud and what is found of it, chosen by ``dice``."""
    names = [f"c{number}" for number in range(size)]
    pairs = [_container(number, name, names, dice) for number, name in enumerate(names)]
    new, old = _followed(dice, [new for new, _ in pairs], [old for _, old in pairs])
    resources = (Resource("flavor", "f", {"ram": 1}, ("s1",)),) if _flip(dice) else ()
    wanted = desired(*new, resources=resources, catalogue=_flip(dice))
    containers = {}
    for one, was in zip(wanted.containers, (wanted.containers[0], *old), strict=True):
        found = _found(one, was, dice)
        if found is not None:
            containers[one.name] = found
    networks = {name: one for name, one in settled(wanted).networks.items() if _flip(dice, 0.9)}
    node = containers.get(NODE)
    if node is not None and node.setup is not None:
        attached = tuple(pair for pair in node.setup.attached if pair[0] in networks)
        containers[NODE] = replace(node, setup=replace(node.setup, attached=attached))
    volumes = {volume for volume in wanted.volumes if _flip(dice, 0.8)}
    wanted = _retired(dice, wanted, containers, volumes)
    setters = [one for one in new if one.job and f"password {PASSWORDS[1]}" in one.inputs]
    refused = PASSWORDS[1] if len(setters) == 1 and _flip(dice) else ""
    known = _known(wanted, dice) if _flip(dice) else None
    return Case(wanted, Observed(containers, networks, frozenset(volumes), known, settled(wanted).images, refused))


def _flip(dice: random.Random, chance: float = 0.5) -> bool:
    return dice.random() < chance


def _container(number: int, name: str, names: list[str], dice: random.Random) -> tuple[ContainerSpec, ContainerSpec]:
    """Return a container as it is wanted, and as it was before."""
    after = dice.sample(names[:number], dice.randint(0, min(number, 3)))
    if number and _flip(dice, 0.3):
        after.append("catalogue")
    job = _flip(dice, 0.4)
    service = "keystone" if number == 0 else f"s{number % 3}"
    volume = dice.choice([name, *names[:number]]) if not job and _flip(dice, 0.3) else ""
    logs = (Mount("volume", f"{NODE}-kolla_logs", "/var/log/kolla"),) if _flip(dice) else ()
    held = [password for password in PASSWORDS if _flip(dice)]
    reloads = not job and _flip(dice)
    was = {what for what in ("text", "settings", "image", "password") if _flip(dice, 0.3)}

    def version(text: str, secret: str, settings: str, image: str) -> ContainerSpec:
        passwords = dict.fromkeys(held, secret)
        made = spec(
            name, service, after=tuple(after), job=job, volume=volume, text=text, image=image, passwords=passwords,
            settings=settings if reloads else "",
        )  # fmt: skip
        return replace(made, mounts=made.mounts + logs)

    before = version(
        "a = 1" if "text" in was else "a = 2",
        "old" if "password" in was else "new",
        "one" if "settings" in was else "two",
        "sha256:0" if "image" in was else "sha256:1",
    )
    return version("a = 2", "new", "two", "sha256:1"), before


def _followed(
    dice: random.Random, new: list[ContainerSpec], old: list[ContainerSpec]
) -> tuple[list[ContainerSpec], list[ContainerSpec]]:
    """Have some containers follow an earlier one."""
    for number in range(1, len(new)):
        led = number - 1
        if not new[number].job and not new[led].job and _flip(dice, 0.3):
            for specs in (new, old):
                specs[number] = replace(specs[number], followed=((specs[led].short, specs[led].digest),))
    return new, old


def _found(wanted: ContainerSpec, was: ContainerSpec, dice: random.Random) -> ContainerState | None:
    """Return what is found of a container that was made as it is wanted, or as it was; None for nothing."""
    status = dice.choice(STATUSES)
    if status == "absent":
        return None
    found = state(dice.choice([wanted, was]), status=status, started=dice.uniform(1, 9))
    if wanted.job:
        found = replace(found, status=dice.choice([status, "exited"]), exit_code=dice.choice([0, 0, 0, 1]))
    else:
        found = replace(found, health=dice.choice(["healthy", "healthy", "starting", "unhealthy"]))
    happened = {what for what in ("unseen", "lost", "edited", "in use", "drift", "bare") if _flip(dice, 0.08)}
    if "unseen" in happened:
        found = replace(found, stamps={}, setup=None)
    elif found.stamps:
        path = dice.choice(sorted(found.stamps))
        if "lost" in happened:
            found = replace(found, stamps=dict.fromkeys(found.stamps, -1))
        if "edited" in happened:
            found = replace(found, stamps={**found.stamps, path: NOW})
        if "in use" in happened and status == "running":
            found = replace(found, edited=(path,))
    if "drift" in happened and found.setup is not None:
        found = replace(found, setup=_drifted(found.setup, dice.choice(["privileged", "mount", "network"])))
    return replace(found, labels={}) if "bare" in happened else found


def _drifted(setup: Setup, how: str) -> Setup:
    if how == "privileged":
        return replace(setup, privileged=True)
    if how == "mount":
        return replace(setup, mounts=())
    return replace(setup, network="bridge", attached=())


def _retired(dice: random.Random, wanted: Desired, containers: dict[str, ContainerState], volumes: set[str]) -> Desired:
    """Have a service be switched off, of which something is left."""
    if _flip(dice):
        return wanted
    gone = spec("gone_api", "gone", volume="gone")
    if _flip(dice):
        containers[gone.name] = state(gone)
    if _flip(dice):
        volumes.add(f"{NODE}-gone")
    entry = CatalogueEntry("gone", "gone", "gone", "", "http://api/gone")
    remains = Retired("gone", "globals.yml:3", (entry,), account="gone", volumes=(f"{NODE}-gone",))
    return replace(wanted, retired=(remains,))


def _known(wanted: Desired, dice: random.Random) -> ObservedApis:
    """Return what keystone says when it says anything."""
    whole = apis(wanted)
    return replace(
        whole,
        roles=whole.roles if _flip(dice) else frozenset(),
        accounts={name: roles for name, roles in whole.accounts.items() if _flip(dice, 0.7)},
        catalogue=tuple(one for one in whole.catalogue if _flip(dice, 0.7)),
        resources={name: values if _flip(dice) else None for name, values in whole.resources.items()},
        logins={name: dice.choice(["ok", "refused", "disabled"]) for name in whole.logins},
    )


def shuffled(operations: Iterable[Operation], seed: int) -> list[Operation]:
    """Return the operations in another order that respects their needs: as a walk could begin them."""
    by_id = {operation.id: operation for operation in operations}
    sorter = TopologicalSorter({one.id: one.needs & by_id.keys() for one in by_id.values()})
    sorter.prepare()
    dice = random.Random(seed)  # noqa: S311 - no secret
    ready: list[str] = []
    order: list[Operation] = []
    while sorter.is_active():
        ready += sorter.get_ready()
        ready.sort()
        identity = ready.pop(dice.randrange(len(ready)))
        order.append(by_id[identity])
        sorter.done(identity)
    return order
