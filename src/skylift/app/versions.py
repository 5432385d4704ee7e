"""Which versions run: asked of the running containers, not read off what was meant to be installed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence

from skylift.engines import Engine
from skylift.model.container import LABEL, ContainerState
from skylift.model.problem import Problem
from skylift.model.service import Service

SITE = "/var/lib/kolla/venv/lib/python3/site-packages"
DEBIAN = "deb:"


async def versions(engine: Engine, states: Iterable[ContainerState], services: Sequence[Service]) -> dict[str, str]:
    """Return the version of each service that runs, by the service's name. One command an image family."""
    running: dict[str, ContainerState] = {}
    for state in states:
        if state.status == "running":
            running.setdefault(state.labels.get(LABEL + "service", ""), state)
    places: dict[str, tuple[str, list[Service]]] = {}
    for service in services:
        if service.package and service.containers and service.name in running:
            family = service.containers[0].image.family
            places.setdefault(family, (running[service.name].name, []))[1].append(service)
    answers = await asyncio.gather(*(_ask(engine, name, group) for name, group in places.values()))
    return {name: version for answer in answers for name, version in answer.items()}


async def _ask(engine: Engine, container: str, services: Sequence[Service]) -> dict[str, str]:
    debian = [service.package.removeprefix(DEBIAN) for service in services if service.package.startswith(DEBIAN)]
    script = (
        f"ls {SITE} 2>/dev/null | grep '[.]dist-info$'; dpkg-query -W -f '${{Package}} ${{Version}}\\n' \"$@\" 2>&1"
    )
    try:
        _, output = await engine.run(container, ("sh", "-c", script, "versions", *debian))
    except Problem:
        return {}
    return parse(output, services)


def parse(output: str, services: Iterable[Service]) -> dict[str, str]:
    """Return the versions found in names of dist-info folders and lines of dpkg-query."""
    found: dict[str, str] = {}
    for line in output.splitlines():
        if match := re.fullmatch(r"(.+)-([^-]+)\.dist-info", line.strip()):
            found[_normal(match[1])] = match[2]
        elif match := re.fullmatch(r"(\S+) (\d\S*)", line.strip()):
            found[DEBIAN + match[1]] = _upstream(match[2])
    wanted: Mapping[str, str] = {service.name: service.package for service in services}
    return {
        name: version
        for name, package in wanted.items()
        if (version := found.get(package if package.startswith(DEBIAN) else _normal(package)))
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _upstream(version: str) -> str:
    """Return a Debian version without epoch and revision: ``11.8.3`` for ``1:11.8.3-0+deb13u1``."""
    return version.split(":", 1)[-1].rsplit("-", 1)[0]
