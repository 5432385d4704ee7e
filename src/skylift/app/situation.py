"""Look at the cloud and say what should be: the common first half of plan, apply, up and verify."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from importlib import import_module
from ipaddress import IPv4Network

from skylift.app import access, shape
from skylift.app.explained import explained
from skylift.app.images import Images, look_at_images
from skylift.app.overrides import judge
from skylift.app.whats_there import whats_there
from skylift.app.workspace import ADMIN_PASSWORD, Workspace
from skylift.desired.build import build
from skylift.desired.resources import initial_resources
from skylift.model.cloud import Cloud, Machine
from skylift.model.desired import Desired, Resource
from skylift.model.event import Notice
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.model.problem import Problem
from skylift.observed.host import read_host
from skylift.openstack.observe import Answers, observe_apis
from skylift.plan.credentials import PASSWORD
from skylift.plan.limit import limit
from skylift.plan.make import make

OBSERVE_SECONDS = 10.0
"""How long the APIs may take to tell what is there; after that they count as not answering."""

UNTRIED = Machine("qemu", "not tried yet", "netdev", "not tried yet")


@dataclass(frozen=True)
class Situation:
    """What is, what should be, and the way there. ``notices`` are about overrides that have no effect."""

    observed: Observed
    desired: Desired
    plan: Plan
    images: Images
    notices: tuple[Notice, ...] = ()

    @property
    def cloud(self) -> Cloud:
        """The cloud, as desired."""
        return self.desired.cloud

    @property
    def settled(self) -> bool:
        """True when nothing is to be done, images included."""
        return self.plan.empty and self.images.complete

    @property
    def login_steps(self) -> frozenset[str]:
        """The operations after which keystone has the administrator's password that it refuses now."""
        key = PASSWORD + self.observed.refused
        return frozenset(f"job.run:{spec.name}" for spec in self.desired.containers if spec.job and key in spec.inputs)


@dataclass(frozen=True)
class Survey:
    """What the engine has, the images, and what should be: all that is known without asking the APIs."""

    observed: Observed
    images: Images
    desired: Desired


async def look(
    workspace: Workspace,
    machine: Machine | None = None,
    *,
    why: bool = True,
    only: tuple[str, ...] = (),
    lenient: bool = False,
    ask: bool = True,
) -> Situation:
    """Observe the cloud, build the desired one, and plan.

    ``machine`` are facts just found out; without them those noted on the node are used. ``why`` has the plan explained:
    causes down to the option, diffs of files, what to expect. ``only`` limits it to these services. ``lenient``: the
    checks will tell of images that cannot be had. Without ``ask`` the plan is one that knows nothing of the APIs.
    Raises Problem for settings that cannot be met.
    """
    workspace.require(only)
    return await planned(workspace, await survey(workspace, machine, lenient=lenient), why=why, only=only, ask=ask)


async def survey(workspace: Workspace, machine: Machine | None = None, *, lenient: bool = False) -> Survey:
    """Observe the engine's part of the cloud, and build the desired one. Arguments as of :func:`look`."""
    # What talks to the APIs takes a third of a second to load: meanwhile the engine answers.
    loading = asyncio.create_task(asyncio.to_thread(import_module, "skylift.openstack.session"))
    observed, images = await asyncio.gather(
        whats_there(workspace.engine, workspace.cloud_name), look_at_images(workspace, lenient=lenient)
    )
    await loading
    cloud = await shape_of(workspace, observed, machine)
    desired = build(
        workspace.settings,
        workspace.passwords.all(),
        cloud,
        workspace.enabled,
        images.reference,
        resources_of(workspace, cloud, images),
        workspace.declared,
        workspace.erase,
        workspace.overrides,
    )
    return Survey(observed, images, desired)


async def planned(
    workspace: Workspace, seen: Survey, *, why: bool = True, only: tuple[str, ...] = (), ask: bool = True
) -> Situation:
    """Return the situation of a survey: ask the APIs (unless not to ``ask``, as if they did not answer), and plan."""
    desired = seen.desired
    answers = await _apis(workspace, seen.observed, desired) if ask else Answers(None)
    observed = replace(seen.observed, apis=answers.apis, refused=ADMIN_PASSWORD if answers.refused else "")
    plan = make(desired, observed)
    if only:
        plan = limit(plan, only, desired)
    if why and not plan.empty:
        plan = await explained(workspace, observed, desired, plan)
    return Situation(observed, desired, plan, seen.images, await judge(workspace, desired))


async def shape_of(workspace: Workspace, observed: Observed, machine: Machine | None = None) -> Cloud:
    """Return the cloud's networks, nodes and machine facts. Reads the machine only when networks must be chosen."""
    existing = shape.known_subnets(observed)
    wanted = workspace.settings
    asked = (wanted.skylift_internal_cidr, wanted.external_cidr, wanted.skylift_tunnel_cidr)
    settled = len(existing) == len(asked) and all(subnet is None or subnet in existing.values() for subnet in asked)
    taken = () if settled else (await read_host(workspace.engine, workspace.cloud_name)).taken
    chosen = shape.networks(workspace.settings, taken, existing)
    moved = [network for network in chosen if existing.get(network.purpose) not in (None, network.subnet)]
    if moved:
        raise _cannot_move(workspace, existing[moved[0].purpose], moved[0].purpose)
    known = machine or shape.known_machine(observed) or UNTRIED
    return shape.cloud(workspace, chosen, shape.asked(workspace, known))


def _cannot_move(workspace: Workspace, old: IPv4Network, purpose: str) -> Problem:
    return Problem(
        code="network-in-use",
        summary="A network of a running cloud cannot get another subnet",
        detail=f"the {purpose} network is {old}; guests, endpoints and database rows hold addresses in it",
        fix="Put the setting back, or 'skylift down' and 'skylift up' to make the cloud anew.",
        where=shape.places(workspace.settings).get(purpose, ""),
    )


async def _apis(workspace: Workspace, observed: Observed, desired: Desired) -> Answers:
    keystone = [spec.name for spec in desired.containers if spec.service == "keystone" and not spec.job]
    states = [observed.containers.get(name) for name in keystone]
    if not all(state is not None and state.status == "running" for state in states):
        return Answers(None)
    address = desired.cloud.api_address
    api = workspace.api(address, timeout=OBSERVE_SECONDS)
    # Until keystone has the password of passwords.yml, the one that worked last is in the credentials file.
    known = access.password(workspace.folder)
    former = None if known in (None, workspace.secret(ADMIN_PASSWORD)) else known
    asker = workspace.api(address, timeout=OBSERVE_SECONDS, password=former) if former else None
    return await asyncio.to_thread(observe_apis, api, desired, asker)


def resources_of(workspace: Workspace, cloud: Cloud, images: Images) -> tuple[Resource, ...]:
    """Return the initial resources that the settings ask for."""
    key = workspace.secret("demo_ssh_key.public_key").reveal()
    return initial_resources(workspace.settings, cloud, key, images.guests)
