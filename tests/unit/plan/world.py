"""Small clouds for planning tests, and what an engine would be like after a plan was carried out."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from skylift.model.cloud import Cloud, EngineNetwork, Node
from skylift.model.container import ContainerSpec, ContainerState, File, Mount
from skylift.model.desired import CatalogueEntry, Desired, Resource, ServiceAccount
from skylift.model.observed import Observed, ObservedApis, ObservedEndpoint, ObservedNetwork
from skylift.model.plan import Plan
from skylift.model.secret import Secret

CLOUD = "test"
NODE = "test-node1"


def network(purpose: str, number: int) -> EngineNetwork:
    subnet = IPv4Network(f"172.24.{number * 4}.0/24")
    return EngineNetwork(f"test-{number + 1}-{purpose}", purpose, subnet, subnet[1], subnet, f"sk-{purpose[0]}")


def cloud() -> Cloud:
    networks = tuple(network(purpose, number) for number, purpose in enumerate(("internal", "external", "tunnel")))
    node = Node("node1", NODE, IPv4Address("172.24.0.16"), IPv4Address("172.24.4.16"), IPv4Address("172.24.8.16"))
    return Cloud(CLOUD, "2026.2", "172.24.0.16", networks, (node,))


def spec(
    short: str,
    service: str,
    *,
    after: tuple[str, ...] = (),
    job: bool = False,
    text: str = "",
    volume: str = "",
    image: str = "sha256:1",
) -> ContainerSpec:
    """Return a container of node 1; ``text`` is the content of its one configuration file."""
    return ContainerSpec(
        name=f"{NODE}-{short}",
        short=short,
        service=service,
        node="node1",
        image=f"skylift/{short}:1",
        image_id=image,
        network=f"container:{NODE}",
        files=(File(f"/var/lib/kolla/config_files/{service}.conf", Secret(text)),),
        mounts=(Mount("volume", f"{NODE}-{volume}", "/data"),) if volume else (),
        after=tuple(name if name == "catalogue" else f"{NODE}-{name}" for name in after),
        job=job,
        restart=not job,
    )


def node_spec() -> ContainerSpec:
    return ContainerSpec(NODE, "node1", "node", "node1", "skylift/base:1", "sha256:0")


def desired(*specs: ContainerSpec, resources: tuple[Resource, ...] = (), catalogue: bool = False) -> Desired:
    volumes = sorted({mount.source for one in specs for mount in one.mounts})
    services = sorted({one.service for one in specs}) if catalogue else []
    return Desired(
        cloud=cloud(),
        volumes=tuple(volumes),
        data_volumes=frozenset(volumes),
        containers=(node_spec(), *specs),
        catalogue=tuple(CatalogueEntry(name, name, name, "", f"http://api/{name}") for name in services),
        accounts=tuple(ServiceAccount(name, name, Secret("x"), ("service",)) for name in services),
        roles=("load-balancer_member",) if catalogue else (),
        resources=resources,
    )


def state(of: ContainerSpec, **change: object) -> ContainerState:
    """Return what an engine shows of a container that was made from ``of`` and is as it should be."""
    made = ContainerState(
        name=of.name,
        engine_id=of.name,
        image=of.image,
        image_id=of.image_id,
        labels=of.labels(CLOUD),
        status="exited" if of.job else "running",
        health="" if of.job or of.service == "node" else "healthy",
        exit_code=0,
        created=1.0,
        started=1.0 if of.service == "node" else 2.0,
    )
    return replace(made, **change)  # type: ignore[arg-type]


def settled(wanted: Desired) -> Observed:
    """Return the observation of a cloud that is exactly as wanted."""
    return Observed(
        containers={one.name: state(one) for one in wanted.containers},
        networks={one.name: ObservedNetwork(one.name, one.name, str(one.subnet)) for one in wanted.cloud.networks},
        volumes=frozenset(wanted.volumes),
        apis=apis(wanted),
    )


def apis(wanted: Desired) -> ObservedApis:
    return ObservedApis(
        catalogue=tuple(
            ObservedEndpoint(one.type, one.name, dict.fromkeys(("public", "internal", "admin"), one.url))
            for one in wanted.catalogue
        ),
        accounts={one.name: frozenset({"admin", *one.roles}) for one in wanted.accounts},
        roles=frozenset(wanted.roles),
        resources={one.id: dict(one.values) for one in wanted.resources},
    )


def carried_out(plan: Plan, wanted: Desired, before: Observed) -> Observed:
    """Return the observation after ``plan``, by what each action means to an engine; checks the order on the way."""
    containers, networks, volumes = dict(before.containers), dict(before.networks), set(before.volumes)
    specs = {one.name: one for one in wanted.containers}
    resources = dict(before.apis.resources) if before.apis else {}
    goal, clock = apis(wanted), 100.0
    done: set[str] = set()
    touched = False
    for operation in plan:
        assert operation.needs <= done, f"{operation.id} before {sorted(operation.needs - done)}"
        clock += 1
        match operation.action:
            case "network.create":
                networks[operation.target] = ObservedNetwork(operation.target, "", "")
            case "volume.create":
                volumes.add(operation.target)
            case "container.remove":
                containers.pop(operation.target, None)
            case "container.stop":
                containers[operation.target] = replace(containers[operation.target], status="exited")
            case "container.create":
                assert operation.target not in containers, f"{operation.target} is there already"
                containers[operation.target] = state(specs[operation.target], status="created", health="", started=0.0)
            case "container.start":
                containers[operation.target] = replace(
                    containers[operation.target], status="running", health="starting", started=clock
                )
            case "container.ready":
                containers[operation.target] = replace(containers[operation.target], health="healthy")
            case "job.run":
                containers[operation.target] = replace(
                    containers[operation.target], status="exited", exit_code=0, started=clock
                )
            case "resource.ensure":
                resources[operation.target] = goal.resources[operation.target]
            case _:
                touched = True
        done.add(operation.id)
    seen = before.apis
    if touched or seen is None:
        seen = goal
    return Observed(containers, networks, frozenset(volumes), replace(seen, resources={**goal.resources, **resources}))
