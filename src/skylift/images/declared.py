"""What services declare of their images, laid out as the files that recipes read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from skylift.model.service import Service
from skylift.model.service_image import Account, Schema

START = "usr/local/bin/kolla_extend_start"


@dataclass(frozen=True, slots=True)
class Declared:
    """Files (name → text) beside a family's recipe, and of single image names (image → path → text, executable)."""

    files: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def declared(services: Iterable[Service]) -> dict[str, Declared]:
    """Return what the services say, by family.

    ``packages.txt``: a Debian package a line. ``users.txt``: name, home, groups. ``options.txt``: service, then
    namespaces of oslo.config. Family ``schema`` has ``databases.txt``: database, section, command; the longest first.
    Family ``horizon`` has ``dashboards.txt``: service, module, ``on`` or ``off`` for whether it is on by default.
    """
    services = tuple(services)
    files: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for service in services:
        for packages in (one for one in service.packages if one.debian):
            files[packages.family]["packages.txt"] += packages.debian
        if service.options:
            files["openstack"]["options.txt"].append(" ".join((service.name, *service.options)))
        for module in service.dashboards:
            on = "on" if service.enabled_default else "off"
            files["horizon"]["dashboards.txt"].append(f"{service.name} {module} {on}")
    for family, accounts in _accounts(services).items():
        files[family]["users.txt"] = [
            f"{one.name} {one.home or f'/var/lib/{one.name}'} {','.join(one.groups)}".rstrip()
            for one in sorted(accounts.values(), key=lambda one: one.name)
        ]
    for schema in sorted(_schemas(services), key=lambda one: (-one.seconds, one.database)):
        files["schema"]["databases.txt"].append(f"{schema.database} {schema.section} {schema.command}")
    starts = _starts(services)
    return {
        family: Declared(
            {
                name: "".join(f"{line}\n" for line in dict.fromkeys(lines))
                for name, lines in files.get(family, {}).items()
            },
            starts.get(family, {}),
        )
        for family in {*files, *starts}
    }


def requirements(services: Iterable[Service], family: str = "openstack") -> tuple[str, ...]:
    """Return the Python distributions that the services want in a family, each once, in order."""
    wanted = (packages for service in services for packages in service.packages if packages.family == family)
    return tuple(sorted({line for packages in wanted for line in packages.python}))


def _accounts(services: Iterable[Service]) -> dict[str, dict[str, Account]]:
    found: dict[str, dict[str, Account]] = defaultdict(dict)
    for service in services:
        for image in (container.image for container in service.containers if container.image.user != "root"):
            found[image.family].setdefault(image.user, Account(image.user, family=image.family))
    for service in services:
        for account in service.accounts:
            found[account.family][account.name] = account
    return found


def _schemas(services: Iterable[Service]) -> list[Schema]:
    return [schema for service in services for schema in service.schemas]


def _starts(services: Iterable[Service]) -> dict[str, dict[str, dict[str, str]]]:
    """Return what Kolla-Ansible expects of the first image of a service with a database: it migrates when asked to."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for service in services:
        if service.schemas and service.containers:
            image = service.containers[0].image
            commands = [
                part.strip().replace(" --config-file CONFIG", "").replace("CONFIG", _config(service))
                for schema in service.schemas
                for part in schema.command.split("&&")
            ]
            found[image.family][image.name] = {START: _start(commands)}
    return found


def _config(service: Service) -> str:
    """Return where a service's programs look for their configuration file by themselves."""
    return f"/etc/{service.name}/{service.name}.conf"


def _start(commands: Iterable[str]) -> str:
    lines = "".join(f"    {command}\n" for command in commands)
    return (
        "#!/bin/bash\n"
        "# Sourced by kolla_start. The way Kolla-Ansible asks for one-time work: migrate, then end.\n"
        'if [[ -n "${KOLLA_BOOTSTRAP+set}${KOLLA_UPGRADE+set}" ]]; then\n'
        f"{lines}    exit 0\n"
        "fi\n"
    )
