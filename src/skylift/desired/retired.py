"""What there may still be of declared services that are off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from skylift.desired.containers import engine_name
from skylift.model.cloud import Cloud
from skylift.model.desired import CatalogueEntry, Retired
from skylift.model.service import Service

Entries = Callable[[Sequence[Service], Cloud], tuple[CatalogueEntry, ...]]


def retired_of(
    declared: Sequence[Service],
    on: Sequence[Service],
    cloud: Cloud,
    entries: Entries,
    source: Callable[[Service], str],
    erase: frozenset[str] = frozenset(),
) -> tuple[Retired, ...]:
    """Return what may be left of each service that is declared and not ``on``, without what others have as well.

    ``entries`` makes catalogue entries, ``source`` tells who switched a service off; ``erase`` are names of services
    whose data go.
    """
    names = {service.name for service in on}
    used = {volume for service in on for volume, _ in _volumes(service, cloud)}
    roles = {role for service in on for role in service.roles}
    databases = {database.name for service in on for database in service.databases}
    users = {database.user for service in on for database in service.databases}
    accounts = {service.user.name for service in on if service.user}
    domains = {domain.name for service in on for domain in service.domains}
    found = []
    for service in declared:
        if service.name in names:
            continue
        volumes = {volume: data for volume, data in _volumes(service, cloud) if volume not in used}
        account = service.user.name if service.user and service.user.name not in accounts else ""
        found.append(
            Retired(
                service=service.name,
                source=source(service),
                catalogue=entries([service], cloud),
                account=account,
                trusted=service.user is not None and service.user.trusted,
                domains=tuple(one.name for one in service.domains if one.name not in domains),
                roles=tuple(role for role in service.roles if role not in roles),
                databases=tuple(
                    (one.name, "" if one.user in users else one.user)
                    for one in service.databases
                    if one.name not in databases
                ),
                volumes=tuple(sorted(volume for volume, data in volumes.items() if not data)),
                data_volumes=tuple(sorted(volume for volume, data in volumes.items() if data)),
                requires=tuple(name for name in service.requires if name in names),
                graces=tuple(
                    (engine_name(cloud, node, one.name), one.grace)
                    for node in cloud.nodes
                    for one in service.containers
                ),
                erase=service.name in erase,
            )
        )
    return tuple(found)


def _volumes(service: Service, cloud: Cloud) -> Iterator[tuple[str, bool]]:
    for node in cloud.nodes:
        for container in service.containers:
            for storage in container.storage if container.role in node.roles else ():
                if storage.kind == "volume" and not storage.source.startswith("/"):
                    yield engine_name(cloud, node, storage.source), storage.data
