"""What must hold between settings and the services there are: ports, users, switches of what is off. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from skylift.model.event import Notice
from skylift.model.problem import Problem
from skylift.model.service import Service
from skylift.model.service_container import HttpCheck, TcpCheck
from skylift.settings.complaints import problem

if TYPE_CHECKING:
    from skylift.settings.keys import Globals

SERVICE_PROJECT = "service"
"""The project of the services' own users in keystone."""


def ports(declarations: Sequence[Service], keys: Globals) -> dict[int, list[tuple[str, str]]]:
    """Return who listens on each port that the declarations tell of: the container, and the key that says so."""
    found: dict[int, list[tuple[str, str]]] = {}
    for service in declarations:
        for container in service.containers:
            check = container.check
            if isinstance(check, HttpCheck | TcpCheck):
                key = check.port_key if isinstance(check, HttpCheck) else ""
                port = int(getattr(keys, key)) if key else check.port
                found.setdefault(port, []).append((container.name, key))
    return found


def service_conflicts(
    keys: Globals, declarations: Sequence[Service], enabled: Mapping[str, bool], where: Callable[[str], str]
) -> list[Problem]:
    """Return a Problem for each setting that takes what a service has; ``enabled`` are the switches."""
    on = [service for service in declarations if enabled.get(service.enabled_by, True)]
    found = []
    for port, users in ports(on, keys).items():
        others = [name for name, key in users if not key]
        found += [
            problem(
                "settings-conflict",
                f"{key} is {port}, and {others[0]} listens there, at the same address",
                "Use a port that no service has: skylift services lists them.",
                where(key),
            )
            for _, key in users
            if key and others
        ]
    named = [service.user.name for service in declarations if service.user]
    if keys.keystone_admin_user in named:
        detail = f"keystone_admin_user is {keys.keystone_admin_user}, which is the user of that service"
        found.append(problem("settings-conflict", detail, "Use another name.", where("keystone_admin_user")))
    if keys.keystone_admin_project == SERVICE_PROJECT:
        detail = f"keystone_admin_project is {SERVICE_PROJECT}, which is the project of the services' users"
        found.append(problem("settings-conflict", detail, "Use another name.", where("keystone_admin_project")))
    return found


def without_effect(keys: Globals, where: Callable[[str], str]) -> Iterator[Notice]:
    """Yield a warning for each setting that another one makes idle."""
    if keys.docker_registry:
        return
    for key in ("docker_registry_username", "docker_registry_insecure"):
        if key in keys.model_fields_set and getattr(keys, key):
            text = f"{key} has no effect: docker_registry is empty, so images are built on this machine"
            yield Notice(text, "warning", where(key))
