"""Put together the whole desired cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import Any

from skylift.desired.containers import CATALOGUE, LOGS, Resolve, container_spec, engine_name, job_spec, node_spec
from skylift.desired.retired import retired_of
from skylift.desired.templates import RenderContext, Renderer
from skylift.model.cloud import Cloud
from skylift.model.container import ContainerSpec
from skylift.model.desired import CatalogueEntry, Desired, Resource, ServiceAccount, ServiceDomain
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.model.service import OneOf, Service
from skylift.model.service_image import Image
from skylift.settings.overrides import Overrides

NODE_IMAGE = Image("base", "base", "root")
"""The image of the container that holds a node's network namespace, and of the probe."""

GUEST_IMAGE = Image("skylift-tiny", "skylift-tiny", "root")
"""The image that carries the files of the guest image; no container is made from it to run."""


def enabled_services(
    declared: Sequence[Service],
    is_on: Mapping[str, bool],
    switched: Callable[[str], bool] = lambda key: False,
    source: Callable[[str], str] = lambda key: "",
) -> tuple[Service, ...]:
    """Return the services that are on; ``switched`` tells of a key of globals.yml whether it is, ``source`` where.

    Raises Problem ``requirement-missing`` when one needs another that is off, or has none of several it could do with.
    """
    on = [service for service in declared if not service.enabled_by or is_on.get(service.name, service.enabled_default)]
    names = {service.name for service in on}
    for service in on:
        missing = [name for name in service.requires if name not in names]
        if missing:
            raise _missing(
                f"{service.name} needs {', '.join(missing)}",
                f"Set enable_{missing[0]}: yes in globals.yml, or {service.enabled_by}: no.",
                source(service.enabled_by),
            )
        for need in service.needs_one:
            _has_one(service, need, names, switched, source)
    return tuple(on)


def _has_one(
    service: Service,
    need: OneOf,
    names: AbstractSet[str],
    switched: Callable[[str], bool],
    source: Callable[[str], str],
) -> None:
    chosen = [choice for choice in need.choices if switched(choice.key)]
    for choice in chosen:
        if choice.service and choice.service not in names:
            raise _missing(
                f"{choice.key} is yes, and {choice.service} is off",
                f"Set enable_{choice.service}: yes in globals.yml, or {choice.key}: no.",
                source(choice.key),
            )
    if not chosen:
        first, others = need.choices[0], [choice.key for choice in need.choices[1:]]
        offer = f"enable_{first.service}" if first.service else first.key
        raise _missing(
            f"{service.name} needs {need.what}: {', '.join(choice.service or choice.key for choice in need.choices)}",
            f"Set {offer}: yes in globals.yml"
            + "".join(f", or {key}: yes" for key in others)
            + f", or {service.enabled_by}: no.",
            source(service.enabled_by),
        )


def _missing(detail: str, fix: str, where: str) -> Problem:
    return Problem("requirement-missing", "An enabled service needs another one that is off", detail, fix, where)


def images_of(services: Sequence[Service]) -> tuple[Image, ...]:
    """Return the images that these services and the nodes need, each once, sorted by name."""
    found = {container.image.name: container.image for service in services for container in service.containers}
    found[NODE_IMAGE.name] = NODE_IMAGE
    return tuple(found[name] for name in sorted(found))


def accounts_of(services: Sequence[Service], passwords: Mapping[str, Secret]) -> tuple[ServiceAccount, ...]:
    """Return the service users to have in keystone, and the administrators of the services' domains."""
    found = []
    for service in services:
        if service.user is not None:
            key = service.user.password
            found.append(ServiceAccount(service.name, service.user.name, passwords[key], service.user.extra_roles, key))
        for domain in service.domains:
            key = domain.password
            found.append(ServiceAccount(service.name, domain.admin, passwords[key], (), key, domain.name))
    return tuple(found)


def domains_of(services: Sequence[Service]) -> tuple[ServiceDomain, ...]:
    """Return the domains that services keep users in."""
    return tuple(
        ServiceDomain(service.name, domain.name, domain.description)
        for service in services
        for domain in service.domains
    )


def catalogue_of(services: Sequence[Service], cloud: Cloud) -> tuple[CatalogueEntry, ...]:
    """Return the catalogue entries, all at the one API address."""
    return tuple(
        CatalogueEntry(
            service.name,
            entry.type,
            entry.name,
            entry.description,
            f"http://{cloud.api_address}:{entry.port}{entry.path}",
        )
        for service in services
        for entry in service.endpoints
    )


def switched_on(settings: Any, key: str) -> bool:
    """Return whether what goes by ``key`` of globals.yml is wanted; what goes by none is."""
    return not key or bool(getattr(settings, key))


def objects_of(services: Sequence[Service], settings: Any) -> tuple[Resource, ...]:
    """Return what must always be there behind the services' own APIs."""
    return tuple(
        Resource(one.kind, one.name, dict(one.values), (service.name,), settings.source(one.when))
        for service in services
        for one in service.resources
        if switched_on(settings, one.when)
    )


def build(
    settings: Any,
    passwords: Mapping[str, Secret],
    cloud: Cloud,
    services: Sequence[Service],
    resolve: Resolve,
    resources: tuple[Resource, ...] = (),
    declared: Sequence[Service] = (),
    erase: frozenset[str] = frozenset(),
    overrides: Overrides | None = None,
) -> Desired:
    """Return the desired cloud: ``services`` are those that are on; ``resolve`` maps image names to references.

    Of ``declared`` services that are off nothing is to be left but their data; those in ``erase`` lose these too.
    ``overrides`` change the rendered files.
    """
    accounts = accounts_of(services, passwords)
    catalogue = catalogue_of(services, cloud)
    domains = domains_of(services)
    roles = tuple(sorted({role for service in services for role in service.roles}))
    granted = frozenset(role for service in services for role in service.granted)
    context = RenderContext(
        settings=settings,
        passwords=passwords,
        cloud=cloud,
        enabled=frozenset(service.name for service in services),
        databases=tuple(database for service in services for database in service.databases),
        domains=domains,
        accounts=accounts,
        catalogue=catalogue,
        identity_topics={service.name: service.identity_topic for service in services if service.identity_topic},
        api_ports=sorted({endpoint.port for service in services for endpoint in service.endpoints}),
        roles=roles,
        granted=tuple(sorted(granted)),
        switches={service.name: _switch(settings, service) for service in services},
        overrides=overrides or Overrides(),
        dashboards=tuple((service.name, module) for service in services for module in service.dashboards),
    )
    containers: list[ContainerSpec] = []
    volumes: dict[str, bool] = {}
    for node in cloud.nodes:
        renderer = Renderer(context, node)
        containers.append(node_spec(cloud, node, resolve, NODE_IMAGE.name))
        for service in services:
            for container in service.containers:
                if container.role not in node.roles or not switched_on(settings, container.when):
                    continue
                containers.append(container_spec(service, container, renderer, node, resolve))
                for storage in (*container.storage, LOGS):
                    if storage.kind == "volume" and not storage.source.startswith("/"):
                        name = engine_name(cloud, node, storage.source)
                        volumes[name] = volumes.get(name, False) or storage.data
            containers += [
                job_spec(service, job, renderer, node, resolve) for job in service.jobs if "control" in node.roles
            ]
    return Desired(
        cloud=cloud,
        volumes=tuple(sorted(volumes)),
        data_volumes=frozenset(name for name, data in volumes.items() if data),
        containers=_follow(_await(containers), services),
        catalogue=catalogue,
        domains=domains,
        accounts=accounts,
        roles=roles,
        granted=granted,
        resources=(*objects_of(services, settings), *resources),
        notes=tuple((one.name, line) for one in services if one.notes for line in _lines(one, context)),
        retired=retired_of(declared, services, cloud, catalogue_of, partial(_switch, settings), erase),
    )


def _lines(service: Service, context: RenderContext) -> list[str]:
    return Renderer(context, context.cloud.nodes[0]).render(service, service.notes).text.splitlines()


def _await(containers: Sequence[ContainerSpec]) -> tuple[ContainerSpec, ...]:
    """Return the containers without what they wait for that is not there, as its service is off."""
    there = {CATALOGUE, *(spec.name for spec in containers)}
    return tuple(
        spec if there.issuperset(spec.after) else replace(spec, after=tuple(one for one in spec.after if one in there))
        for spec in containers
    )


def _follow(containers: tuple[ContainerSpec, ...], services: Sequence[Service]) -> tuple[ContainerSpec, ...]:
    """Add to each container the digests of those it was told to follow, so that their change is a cause for it."""
    digests = {(spec.node, spec.short): spec.digest for spec in containers}
    follows = {container.name: container.follows for service in services for container in service.containers}
    return tuple(
        replace(
            spec, followed=tuple((name, digests[spec.node, name]) for name in names if (spec.node, name) in digests)
        )
        if not spec.job and (names := follows.get(spec.short, ()))
        else spec
        for spec in containers
    )


def _switch(settings: Any, service: Service) -> str:
    source = getattr(settings, "source", None)
    return str(source(service.enabled_by)) if source and service.enabled_by else "default"
