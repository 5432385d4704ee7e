"""Small clouds for planning tests, and what an engine shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv4Network

from skylift.engines.setup import setup_of
from skylift.engines.spec import create_config
from skylift.model.cloud import Cloud, EngineNetwork, Node
from skylift.model.container import Attachment, ContainerSpec, ContainerState, File, Mount, Setup, stamp
from skylift.model.desired import CatalogueEntry, Desired, Resource, ServiceAccount
from skylift.model.inputs import Input
from skylift.model.observed import Observed, ObservedApis, ObservedEndpoint, ObservedNetwork
from skylift.model.secret import Secret
from skylift.model.service_container import Reload

CLOUD = "test"
NODE = "test-node1"
CONFIG = "/var/lib/kolla/config_files"
ENTRYPOINT = ("dumb-init", "--single-child", "--")
IMAGE = Setup(frozenset({"PATH=/bin", "LANG=C"}), user="nova", command=("kolla_start",), entrypoint=ENTRYPOINT)
"""What each image sets."""


def network(purpose: str, number: int) -> EngineNetwork:
    subnet = IPv4Network(f"172.24.{number * 4}.0/24")
    return EngineNetwork(f"test-{number + 1}-{purpose}", purpose, subnet, subnet[1], subnet, f"sk-{purpose[0]}")


@cache
def cloud() -> Cloud:
    networks = tuple(network(purpose, number) for number, purpose in enumerate(("internal", "external", "tunnel")))
    node = Node("node1", NODE, IPv4Address("172.24.0.16"), IPv4Address("172.24.4.16"), IPv4Address("172.24.8.16"))
    return Cloud(CLOUD, "2026.2", "172.24.0.16", networks, (node,))


def config(name: str, text: str, *inputs: Input, origins: tuple[tuple[str, str], ...] = ()) -> File:
    """Return a rendered file that kolla_set_configs copies to ``/etc``."""
    return File(f"{CONFIG}/{name}", Secret(text), dest=f"/etc/{name}", inputs=inputs, origins=origins)


def spec(
    short: str,
    service: str,
    *,
    after: tuple[str, ...] = (),
    job: bool = False,
    text: str = "",
    volume: str = "",
    image: str = "sha256:1",
    passwords: Mapping[str, str] | None = None,
    settings: str = "",
) -> ContainerSpec:
    """Return a container of node 1; ``text`` is the content of its one configuration file.

    The file also holds ``passwords``. With ``settings`` there is a second one, which can be reloaded.
    """
    held = passwords or {}
    body = text + "".join(f"\n{key} = {value}" for key, value in held.items())
    files = [config(f"{service}.conf", body, *(Input.password(key, value) for key, value in held.items()))]
    if settings:
        files.append(config("settings.sh", settings))
    return ContainerSpec(
        name=f"{NODE}-{short}",
        short=short,
        service=service,
        node="node1",
        image=f"skylift/{short}:1",
        image_id=image,
        environment=(("KOLLA_SERVICE_NAME", short),),
        network=f"container:{NODE}",
        files=tuple(files),
        mounts=(Mount("volume", f"{NODE}-{volume}", "/data"),) if volume else (),
        after=tuple(name if name == "catalogue" else f"{NODE}-{name}" for name in after),
        job=job,
        restart=not job,
        reload=Reload(("settings.sh.j2",), ("settings",)) if settings else None,
    )


def node_spec() -> ContainerSpec:
    node = cloud().nodes[0]
    places = (node.internal, node.external, node.tunnel)
    return ContainerSpec(
        name=NODE,
        short="node1",
        service="node",
        node="node1",
        image="skylift/base:1",
        image_id="sha256:0",
        attachments=tuple(
            Attachment(one.name, str(address)) for one, address in zip(cloud().networks, places, strict=True)
        ),
    )


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


@cache
def setup(of: ContainerSpec, image: Setup = IMAGE) -> Setup:
    """Return how a container is set up that the engine was asked to make from ``of``: by way of its own language."""
    asked = create_config(of, CLOUD)
    host = asked["HostConfig"]
    named = {item.partition("=")[0] for item in asked["Env"]}
    kept = [item for item in image.environment if item.partition("=")[0] not in named]
    return setup_of(
        {
            "Config": {
                "Env": asked["Env"] + kept,
                "User": asked.get("User", image.user),
                "Cmd": asked.get("Cmd", list(image.command)),
                "Entrypoint": asked.get("Entrypoint", list(image.entrypoint)),
            },
            "HostConfig": host,
            "Mounts": [
                {
                    "Type": one["Type"],
                    "Name" if one["Type"] == "volume" else "Source": one["Source"],
                    "Destination": one["Target"],
                    "RW": not one["ReadOnly"],
                    "Propagation": one.get("BindOptions", {}).get("Propagation", ""),
                }
                for one in host["Mounts"]
            ],
            "NetworkSettings": {
                "Networks": {one.network: {"IPAMConfig": {"IPv4Address": one.address}} for one in of.attachments}
            },
        }
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
        setup=setup(of),
        # Nobody looks at the files of a job that ended well.
        stamps={} if of.job else {path: stamp(digest) for path, digest in of.file_digests.items()},
    )
    return replace(made, **change)  # type: ignore[arg-type]


def settled(wanted: Desired) -> Observed:
    """Return the observation of a cloud that is exactly as wanted."""
    return Observed(
        containers={one.name: state(one) for one in wanted.containers},
        networks={one.name: ObservedNetwork(one.name, one.name, str(one.subnet)) for one in wanted.cloud.networks},
        volumes=frozenset(wanted.volumes),
        apis=apis(wanted),
        images={one.image_id: IMAGE for one in wanted.containers},
    )


def apis(wanted: Desired) -> ObservedApis:
    return ObservedApis(
        catalogue=tuple(
            ObservedEndpoint(one.type, one.name, dict.fromkeys(("public", "internal", "admin"), one.url))
            for one in wanted.catalogue
        ),
        accounts={one.id: frozenset({"admin", *one.roles}) for one in wanted.accounts},
        roles=frozenset(wanted.roles),
        resources={one.id: dict(one.values) for one in wanted.resources},
        logins={one.id: "ok" for one in wanted.accounts},
        domains={one.name: (True, True) for one in wanted.domains},
        granted=wanted.granted,
    )
