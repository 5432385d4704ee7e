"""What there is: gathered from the engine's labels, the running containers and the APIs; nothing is remembered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from skylift import __version__
from skylift.app import shape
from skylift.app.pages import pages
from skylift.app.reports import reports
from skylift.app.versions import versions
from skylift.app.workspace import Workspace
from skylift.model.cloud import Cloud
from skylift.model.container import LABEL, ContainerState
from skylift.model.observed import Observed
from skylift.model.problem import Problem
from skylift.model.service import Service
from skylift.observed.engine import observe
from skylift.services.ceph.service import SERVICE as CEPH

GUEST_DISKS = "/var/lib/nova"
"""Nova keeps the disks of its guests below this folder, unless an image backend puts them elsewhere."""
LOOPING_RESTARTS, LOOPING_SECONDS = 3, 60
"""A container that was restarted as often and started as recently is taken for one that cannot start."""
RELEASE_NAMES = {"2025.1": "Epoxy", "2025.2": "Flamingo", "2026.1": "Gazpacho", "2026.2": "Hibiscus"}


@dataclass(frozen=True, slots=True)
class ContainerLine:
    """A container or job. ``age``: seconds since it started or, when it has ended, since it ended."""

    name: str
    service: str
    node: str
    kind: str
    status: str
    health: str
    age: float
    restarts: int
    exit_code: int | None
    image: str

    @property
    def bad(self) -> bool:
        """True for what should run and does not, is not healthy or starts over and over, and for a job that failed."""
        if self.kind == "job":
            return self.status not in ("running", "created") and self.exit_code != 0
        looping = self.restarts >= LOOPING_RESTARTS and self.age < LOOPING_SECONDS
        return self.status != "running" or self.health == "unhealthy" or looping


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A declared service. ``state``: on, off (the settings say so) or available.

    ``switch`` is the key in globals.yml that turns it on or off, empty for what is always on. ``report`` is what it
    says of itself, and ``well`` whether it says that all is well.
    """

    name: str
    title: str
    state: str
    switch: str
    version: str
    containers: int
    running: int
    report: str = ""
    well: bool = True


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node: its addresses on each network, its roles, and whether it runs."""

    name: str
    status: str
    internal: str
    external: str
    tunnel: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The whole. ``api`` is ``answers`` or why it does not; ``guest_disks`` where those of new guests go."""

    cloud: str
    release: str
    release_name: str
    skylift: str
    engine: str
    deployed: bool
    api: str
    datapath: str = ""
    datapath_why: str = ""
    virtualisation: str = ""
    virtualisation_why: str = ""
    guest_disks: str = ""
    nodes: tuple[NodeLine, ...] = ()
    services: tuple[ServiceLine, ...] = ()
    containers: tuple[ContainerLine, ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """True when the cloud is deployed, nothing of it is bad, all say that they are well, and its API answers."""
        well = all(line.well for line in self.services) and not any(line.bad for line in self.containers)
        return self.deployed and self.api == "answers" and well

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form; ages in seconds."""
        return {"healthy": self.healthy, **asdict(self)}


async def status(workspace: Workspace, now: float | None = None) -> Status:
    """Gather the status. Raises Problem when the engine does not answer; APIs that do not are part of the answer."""
    observed, info = await asyncio.gather(observe(workspace.engine, workspace.cloud_name), workspace.engine.info())
    states = tuple(observed.containers.values())
    cloud = _cloud(workspace, observed)
    (api, endpoints), found, said = await asyncio.gather(
        _endpoints(workspace, cloud),
        versions(workspace.engine, states, workspace.declared),
        reports(workspace.engine, states, workspace.declared),
    )
    release = workspace.settings.openstack_release
    machine = cloud.machine if cloud else None
    return Status(
        cloud=workspace.cloud_name,
        release=release,
        release_name=RELEASE_NAMES.get(release, ""),
        skylift=__version__,
        engine=f"{info.get('Name', '')} {info.get('ServerVersion', '')}".strip(),
        deployed=cloud is not None,
        api=api,
        datapath=machine.datapath if machine else "",
        datapath_why=machine.datapath_why if machine else "",
        virtualisation=machine.virt_type if machine else "",
        virtualisation_why=machine.virt_why if machine else "",
        guest_disks=where_guest_disks_are(workspace, observed, str(info.get("DockerRootDir", ""))),
        nodes=_nodes(cloud, observed),
        services=tuple(_service(workspace, service, states, found, said) for service in workspace.declared),
        containers=container_lines(states, time.time() if now is None else now),
        endpoints=endpoints,
    )


def container_lines(states: Iterable[ContainerState], now: float) -> tuple[ContainerLine, ...]:
    """Return a line for each container, the bad ones first, then by service and name."""
    lines = [
        ContainerLine(
            name=state.short,
            service=state.labels.get(LABEL + "service", ""),
            node=state.labels.get(LABEL + "node", ""),
            kind=state.labels.get(LABEL + "kind", "container"),
            status=state.status,
            health=state.health,
            age=max(0.0, now - _since(state)),
            restarts=state.restarts,
            exit_code=state.exit_code if state.status in ("exited", "dead") else None,
            image=state.image,
        )
        for state in states
    ]
    return tuple(sorted(lines, key=_urgency))


def _urgency(line: ContainerLine) -> tuple[bool, bool, bool, str, str, str]:
    ended = line.status != "running"
    return (not line.bad, line.kind == "job", line.bad and not ended, line.service, line.name, line.node)


def where_guest_disks_are(workspace: Workspace, observed: Observed, data_root: str) -> str:
    """Return where the disks of new guests go; in Ceph, with where those of guests made before are."""
    files = guest_disks(workspace.enabled, observed, data_root)
    settings = workspace.settings
    if settings.enables(CEPH.enabled_by) and settings.nova_backend_ceph:
        return f"Ceph, pool {settings.ceph_nova_pool_name} (of guests made before: {files})"
    return files


def guest_disks(services: Iterable[Service], observed: Observed, data_root: str) -> str:
    """Return where the engine's machine keeps the disks of guests, or nothing when there is no such volume."""
    for service in services:
        for container in service.containers:
            for storage in container.storage:
                if storage.target == GUEST_DISKS and storage.kind == "volume":
                    for volume in sorted(observed.volumes):
                        if volume.endswith(f"-{storage.source}"):
                            return f"{data_root}/volumes/{volume}/_data/instances"
    return ""


def public_urls(catalogue: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return service type → public URL of a keystone catalogue."""
    return {
        str(entry["type"]): str(endpoint["url"])
        for entry in catalogue
        for endpoint in entry["endpoints"]
        if endpoint["interface"] == "public"
    }


def _since(state: ContainerState) -> float:
    return (state.finished if state.status in ("exited", "dead") else state.started) or state.created


def _cloud(workspace: Workspace, observed: Observed) -> Cloud | None:
    machine = shape.known_machine(observed)
    if machine is None:
        return None
    return shape.cloud(workspace, shape.networks(workspace.settings, (), shape.known_subnets(observed)), machine)


def _nodes(cloud: Cloud | None, observed: Observed) -> tuple[NodeLine, ...]:
    return tuple(
        NodeLine(
            node.name,
            observed.containers[node.container].status if node.container in observed.containers else "missing",
            str(node.internal),
            str(node.external),
            str(node.tunnel),
            node.roles,
        )
        for node in (cloud.nodes if cloud else ())
    )


def _service(
    workspace: Workspace,
    service: Service,
    states: Iterable[ContainerState],
    found: Mapping[str, str],
    said: Mapping[str, tuple[bool, str]],
) -> ServiceLine:
    own = [
        state
        for state in states
        if state.labels.get(LABEL + "service") == service.name and state.labels.get(LABEL + "kind") != "job"
    ]
    on = workspace.settings.enables(service.enabled_by)
    written = workspace.settings.source(service.enabled_by) != "default"
    well, report = said.get(service.name, (True, ""))
    return ServiceLine(
        name=service.name,
        title=service.title,
        state="on" if on else "off" if written else "available",
        switch=service.enabled_by,
        version=found.get(service.name, ""),
        containers=len(own),
        running=sum(state.status == "running" for state in own),
        report=report,
        well=well,
    )


async def _endpoints(workspace: Workspace, cloud: Cloud | None) -> tuple[str, dict[str, str]]:
    """Return whether keystone answers, and what its catalogue says, service type to public URL, with the pages."""
    if cloud is None:
        return "not deployed", {}
    api = workspace.api(cloud.api_address, timeout=10)
    try:
        answer = await asyncio.to_thread(api.get, "identity", "/v3/auth/catalog")
        opened = pages(workspace.enabled, workspace.settings, cloud.api_address)
        return "answers", public_urls(answer["catalog"]) | opened
    except Problem as problem:
        return f"{problem.summary}: {problem.detail}".rstrip(": "), {}
    finally:
        api.close()
