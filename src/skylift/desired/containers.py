"""From a declaration to the containers of a node."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from collections.abc import Container as Holder
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from skylift.desired.overrides import Text
from skylift.desired.templates import Renderer
from skylift.engines import wake
from skylift.model.cloud import Cloud, Node
from skylift.model.container import Attachment, ContainerSpec, File, Mount
from skylift.model.inputs import Input
from skylift.model.secret import Secret
from skylift.model.service import Service
from skylift.model.service_container import (
    Check,
    CommandCheck,
    ConfigFile,
    Container,
    HttpCheck,
    Job,
    Storage,
    TcpCheck,
)

CONFIG = "/var/lib/kolla/config_files"
LOGS = Storage("kolla_logs", "/var/log/kolla", "log files of programs that cannot log to their output")
CATALOGUE = "catalogue"
WAKE = "/usr/local/lib/skylift/wake.py"
Resolve = Callable[[str], tuple[str, str]]
"""Maps an image's Kolla name to its reference and its id."""


def engine_name(cloud: Cloud, node: Node, short: str) -> str:
    """Return the engine's name of a node's container or volume: ``skylift-node1-nova_api``."""
    return f"{cloud.name}-{node.name}-{short}"


def basename(file: ConfigFile) -> str:
    """Return the name under which a rendered file lies in the config folder."""
    return file.template.removesuffix(".j2").replace("/", "_")


def given(files: Iterable[ConfigFile], enabled: Holder[str]) -> tuple[ConfigFile, ...]:
    """Return those of ``files`` that a container has while these services are enabled."""
    return tuple(file for file in files if not file.needs or file.needs in enabled)


def config_json(command: str, files: Iterable[ConfigFile], permissions: Iterable[tuple[str, str]]) -> str:
    """Return the ``config.json`` that kolla_set_configs reads."""
    document: dict[str, Any] = {
        "command": command,
        "config_files": [
            {"source": f"{CONFIG}/{basename(file)}", "dest": file.dest, "owner": file.owner, "perm": file.perm}
            for file in files
        ],
    }
    if permissions:
        document["permissions"] = [{"path": path, "owner": owner, "recurse": False} for path, owner in permissions]
    return json.dumps(document, indent=1)


def render_files(
    service: Service, container: Container, renderer: Renderer, job: Job | None = None
) -> tuple[File, ...]:
    """Return config.json and every rendered file of a container, or of a job that is like it, sorted by path.

    A job does without the files that come with others or with other services: it judges no request, so it has no use
    for a policy, and what it did once is not done again because its container talks to one more service.
    """
    own = tuple(file for file in container.files if not file.needs) if job else container.files
    files = given((*own, *(job.files if job else ())), renderer.context.enabled)
    made: list[tuple[ConfigFile, Text]] = []
    extras: list[tuple[ConfigFile, Text]] = []
    for file in files:
        template = renderer.render(service, file.template)
        text = Text(template.text, template.inputs)
        made.append((file, renderer.overrides.apply(file, container.name, text, extras=job is None)))
        if job is None:
            extras += renderer.overrides.extra_files(file, container.name)
    made += extras
    command = (job.command if job else container.command).replace("{node}", renderer.node.name)
    owned = (*container.permissions, *((device, _owner(container)) for device in _asked(container, renderer)))
    config = config_json(command, (file for file, _ in made), owned)
    listed = tuple(one for _, text in extras for one in text.inputs)
    switches = renderer.context.switches
    listed += tuple(
        Input(f"service {name}", "on", switches.get(name, "default"))
        for name in sorted({file.needs for file in files if file.needs})
    )
    rendered = [File(f"{CONFIG}/config.json", Secret(config), inputs=listed)]
    rendered += [_file(file, text) for file, text in made]
    return tuple(sorted(rendered, key=lambda file: file.path))


def _file(file: ConfigFile, text: Text) -> File:
    return File(
        f"{CONFIG}/{basename(file)}",
        Secret(text.text),
        dest=file.dest,
        inputs=text.inputs,
        origins=text.origins,
        shadowed=text.shadowed,
    )


def container_spec(
    service: Service, container: Container, renderer: Renderer, node: Node, resolve: Resolve
) -> ContainerSpec:
    """Return the full specification of ``container`` on ``node``."""
    cloud = renderer.context.cloud
    image, image_id = resolve(container.image.name)
    checks = _check(container.check, renderer)
    return ContainerSpec(
        name=engine_name(cloud, node, container.name),
        short=container.name,
        service=service.name,
        node=node.name,
        image=image,
        image_id=image_id,
        user=container.user,
        environment=(
            ("KOLLA_CONFIG_STRATEGY", "COPY_ALWAYS"),
            ("KOLLA_SERVICE_NAME", container.name.replace("_", "-")),
            *container.environment,
        ),
        mounts=tuple(_mount(cloud, node, storage) for storage in (*container.storage, LOGS)),
        capabilities=tuple(
            sorted(grant.name for grant in container.capabilities if _wanted(renderer.context.settings, grant.when))
        ),
        devices=(
            *(grant.name for grant in container.devices if _present(cloud, grant.name)),
            *_asked(container, renderer),
        ),
        security=tuple(grant.name for grant in container.security),
        host_pid=container.host_pid is not None,
        cgroup_host=container.cgroup_host is not None,
        network=f"container:{node.container}",
        files=render_files(service, container, renderer),
        check=checks,
        check_address=str(cloud.api_address),
        healthcheck=_healthcheck(checks, str(cloud.api_address)),
        after=_after(cloud, node, container.after),
        timeout=container.timeout,
        grace=container.grace,
        weight=container.weight,
        reload=container.reload,
        outage=container.outage or _api(service, checks),
        guests=container.guests,
    )


def job_spec(service: Service, job: Job, renderer: Renderer, node: Node, resolve: Resolve) -> ContainerSpec:
    """Return the specification of a one-time job: its container ends, and stays as the record that it was done."""
    cloud = renderer.context.cloud
    like = next(container for container in service.containers if container.name == job.like)
    image, image_id = resolve(like.image.name)
    return ContainerSpec(
        name=engine_name(cloud, node, job.name),
        short=job.name,
        service=service.name,
        node=node.name,
        image=image,
        image_id=image_id,
        user=job.user or like.user,
        environment=(("KOLLA_CONFIG_STRATEGY", "COPY_ALWAYS"), ("KOLLA_SKIP_EXTEND_START", "true")),
        mounts=tuple(_mount(cloud, node, storage) for storage in (*like.storage, LOGS)),
        network=f"container:{node.container}",
        files=render_files(service, like, renderer, job),
        after=_after(cloud, node, job.after),
        uncounted=frozenset(f"{CONFIG}/{basename(file)}" for file in like.files),
        job=True,
        restart=False,
        timeout=job.timeout,
        weight=job.weight,
    )


def node_spec(cloud: Cloud, node: Node, resolve: Resolve, image_name: str) -> ContainerSpec:
    """Return the container that holds the node's network namespace.

    Its process must not die. It starts what is joined to the node and does not run, for which it is given the engine's
    socket, and then only sleeps.
    """
    image, image_id = resolve(image_name)
    return ContainerSpec(
        name=node.container,
        short=node.name,
        service="node",
        node=node.name,
        image=image,
        image_id=image_id,
        entrypoint=("dumb-init", "--"),
        command=("python3", WAKE, node.container),
        mounts=(Mount("bind", cloud.machine.socket, wake.SOCKET),),
        files=(File(WAKE, Secret(Path(wake.__file__).read_text())),),
        uncounted=frozenset({WAKE}),
        hostname=node.name,
        attachments=(
            Attachment(cloud.network("internal").name, str(node.internal)),
            Attachment(cloud.network("external").name, str(node.external)),
            Attachment(cloud.network("tunnel").name, str(node.tunnel)),
        ),
        # Whom it asks for the way to a guest, it asks with the address it has there: routers answer no other.
        sysctls=(("net.ipv4.conf.all.arp_announce", "2"), ("net.ipv4.ip_forward", "1")),
        notes=(("machine", json.dumps(asdict(cloud.machine), sort_keys=True)),),
        grace=1,
        outage="the whole cloud",
        guests="running guests are stopped, and started again",
    )


def _after(cloud: Cloud, node: Node, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name if name == CATALOGUE else engine_name(cloud, node, name) for name in names)


def _mount(cloud: Cloud, node: Node, storage: Storage) -> Mount:
    source = storage.source
    if storage.kind == "volume" and not source.startswith("/"):
        source = engine_name(cloud, node, source)
    kind = "bind" if storage.source.startswith("/") else storage.kind
    return Mount(kind, source, storage.target, storage.read_only, storage.propagation)


def _asked(container: Container, renderer: Renderer) -> tuple[str, ...]:
    """Return the devices that the settings name for the container."""
    key = container.devices_from
    return tuple(getattr(renderer.context.settings, key)) if key else ()


def _owner(container: Container) -> str:
    return f"{container.image.user}:{container.image.user}"


def _wanted(settings: Any, key: str) -> bool:
    return not key or bool(getattr(settings, key))


def _present(cloud: Cloud, device: str) -> bool:
    """KVM's device is given only where a real boot under KVM succeeded."""
    return device != "/dev/kvm" or cloud.machine.virt_type == "kvm"


def _api(service: Service, check: Any) -> str:
    """Return the name of the API that answers at the checked port, or nothing."""
    port = getattr(check, "port", 0)
    return next((f"the {endpoint.type} API" for endpoint in service.endpoints if endpoint.port == port), "")


def _check(check: Check | None, renderer: Renderer) -> Check | None:
    """Return the check with the port that the settings say, where one does."""
    if isinstance(check, HttpCheck) and check.port_key:
        return replace(check, port=getattr(renderer.context.settings, check.port_key))
    return check


def _healthcheck(check: Any, address: str) -> tuple[str, ...]:
    if isinstance(check, HttpCheck):
        return ("healthcheck_curl", f"http://{address}:{check.port}{check.path}")
    if isinstance(check, TcpCheck):
        return ("python3", "-c", f"import socket; socket.create_connection(({address!r}, {check.port}), 5)")
    if isinstance(check, CommandCheck):
        return check.command
    return ()
