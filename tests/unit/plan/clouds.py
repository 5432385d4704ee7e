"""Random clouds: what is wanted, and one in any state of disrepair, in the middle of any change."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import NamedTuple

from hypothesis import strategies as st
from tests.unit.plan.world import NODE, apis, desired, settled, spec, state

from skylift.model.container import LATEST_STAMP, ContainerSpec, ContainerState, Setup
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
    """Draw a wanted cloud of up to eight containers and jobs, and what is found: in part another version of it."""
    names = [f"c{number}" for number in range(draw(st.integers(1, 8)))]
    new, old = [], []
    for number, name in enumerate(names):
        after, before = draw(_container(number, name, names))
        new.append(after)
        old.append(before)
    new, old = _followed(draw, new, old)
    resources = (Resource("flavor", "f", {"ram": 1}, ("s1",)),) if draw(st.booleans()) else ()
    wanted = desired(*new, resources=resources, catalogue=draw(st.booleans()))
    containers = {}
    for one, was in zip(wanted.containers, (wanted.containers[0], *old), strict=True):
        found = draw(_found(one, was))
        if found is not None:
            containers[one.name] = found
    networks = {name: one for name, one in settled(wanted).networks.items() if draw(st.integers(0, 9))}
    node = containers.get(NODE)
    if node is not None and node.setup is not None:
        attached = tuple(pair for pair in node.setup.attached if pair[0] in networks)
        containers[NODE] = replace(node, setup=replace(node.setup, attached=attached))
    volumes = {volume for volume in wanted.volumes if draw(st.integers(0, 5))}
    wanted = _retired(draw, wanted, containers, volumes)
    refused = draw(st.sampled_from(["", "", "", PASSWORDS[1]]))
    known = draw(_known(wanted))
    return Case(wanted, Observed(containers, networks, frozenset(volumes), known, settled(wanted).images, refused))


@st.composite
def _container(draw: st.DrawFn, number: int, name: str, names: list[str]) -> tuple[ContainerSpec, ContainerSpec]:
    """Draw a container as it is wanted, and as it was before."""
    after = draw(st.lists(st.sampled_from(names[:number]), unique=True, max_size=3)) if number else []
    if number and draw(st.booleans()):
        after.append("catalogue")
    job = draw(st.booleans())
    service = "keystone" if number == 0 else f"s{number % 3}"
    volume = "" if job else draw(st.sampled_from(["", "", name]))
    held = draw(st.sets(st.sampled_from(PASSWORDS)))
    reloads = not job and draw(st.booleans())
    was = draw(st.sets(st.sampled_from(["text", "settings", "image", "password", "input"])))

    def made(text: str, secret: str, settings: str, image: str) -> ContainerSpec:
        passwords = dict.fromkeys(held, secret)
        return spec(
            name, service, after=tuple(after), job=job, volume=volume, text=text, image=image, passwords=passwords,
            settings=settings if reloads else "",
        )  # fmt: skip

    before = made(
        "a = 1" if "text" in was else "a = 2",
        "old" if "password" in was else "new",
        "one" if "settings" in was else "two",
        "sha256:0" if "image" in was else "sha256:1",
    )
    return made("a = 2", "new", "two", "sha256:1"), before


def _followed(
    draw: st.DrawFn, new: list[ContainerSpec], old: list[ContainerSpec]
) -> tuple[list[ContainerSpec], list[ContainerSpec]]:
    """Have some containers follow an earlier one."""
    for number in range(1, len(new)):
        led = number - 1
        if not new[number].job and not new[led].job and draw(st.booleans()):
            for specs in (new, old):
                specs[number] = replace(specs[number], followed=((specs[led].short, specs[led].digest),))
    return new, old


@st.composite
def _found(draw: st.DrawFn, wanted: ContainerSpec, was: ContainerSpec) -> ContainerState | None:
    """Draw what is found of a container that was made as it is wanted, or as it was; None for nothing."""
    status = draw(st.sampled_from(STATUSES))
    if status == "absent":
        return None
    found = state(draw(st.sampled_from([wanted, was])), status=status, started=draw(st.floats(1, 9)))
    if wanted.job:
        status = draw(st.sampled_from([status, "exited"]))
        found = replace(found, status=status, exit_code=draw(st.sampled_from([0, 0, 0, 1])))
    else:
        found = replace(found, health=draw(st.sampled_from(["healthy", "healthy", "starting", "unhealthy"])))
    happened = draw(st.sets(st.sampled_from(["unseen", "lost", "edited", "in use", "drift", "bare"]), max_size=2))
    if "unseen" in happened:
        found = replace(found, stamps={}, setup=None)
    elif found.stamps:
        path = draw(st.sampled_from(sorted(found.stamps)))
        if "lost" in happened:
            found = replace(found, stamps=dict.fromkeys(found.stamps, -1))
        if "edited" in happened:
            found = replace(found, stamps={**found.stamps, path: NOW})
        if "in use" in happened and status == "running":
            found = replace(found, edited=(path,))
    if "drift" in happened and found.setup is not None:
        found = replace(found, setup=_drifted(found.setup, draw(st.sampled_from(["privileged", "mount", "network"]))))
    return replace(found, labels={}) if "bare" in happened else found


def _drifted(setup: Setup, how: str) -> Setup:
    if how == "privileged":
        return replace(setup, privileged=True)
    if how == "mount":
        return replace(setup, mounts=())
    return replace(setup, network="bridge", attached=())


def _retired(draw: st.DrawFn, wanted: Desired, containers: dict[str, ContainerState], volumes: set[str]) -> Desired:
    """Have a service be switched off, of which something is left."""
    if not draw(st.booleans()):
        return wanted
    gone = spec("gone_api", "gone", volume="gone")
    if draw(st.booleans()):
        containers[gone.name] = state(gone)
    if draw(st.booleans()):
        volumes.add(f"{NODE}-gone")
    entry = CatalogueEntry("gone", "gone", "gone", "", "http://api/gone")
    remains = Retired("gone", "globals.yml:3", (entry,), account="gone", volumes=(f"{NODE}-gone",))
    return replace(wanted, retired=(remains,))


@st.composite
def _known(draw: st.DrawFn, wanted: Desired) -> ObservedApis | None:
    """Draw what keystone says, when it says anything."""
    if draw(st.booleans()):
        return None
    whole = apis(wanted)
    return replace(
        whole,
        roles=whole.roles if draw(st.booleans()) else frozenset(),
        accounts={name: roles for name, roles in whole.accounts.items() if draw(st.integers(0, 3))},
        catalogue=tuple(one for one in whole.catalogue if draw(st.integers(0, 3))),
        resources={name: values if draw(st.booleans()) else None for name, values in whole.resources.items()},
        logins={name: draw(st.sampled_from(["ok", "refused", "disabled"])) for name in whole.logins},
    )


def shuffled(operations: Iterable[Operation], seed: int) -> list[Operation]:
    """Return the operations in another order that respects their needs: as a walk could begin them."""
    by_id = {operation.id: operation for operation in operations}
    sorter = TopologicalSorter({one.id: one.needs & by_id.keys() for one in by_id.values()})
    sorter.prepare()
    dice, ready, order = random.Random(seed), [], []  # noqa: S311 - no secret
    while sorter.is_active():
        ready += sorter.get_ready()
        ready.sort()
        identity = ready.pop(dice.randrange(len(ready)))
        order.append(by_id[identity])
        sorter.done(identity)
    return order
