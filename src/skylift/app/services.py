"""Use case: the services there are, which are on, what switches them, what they need, add and cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skylift import services
from skylift.model.service import Service
from skylift.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Line:
    """A declared service. ``state``: always, on or off; ``source`` says who switched it; ``switch`` is its key.

    ``requires`` are what must be on: services, or several of which one will do, in words. ``required_by`` are those
    that are on and need it. ``adds`` is what it brings, in words. ``memory`` is what its containers take when idle, in
    MiB. ``images`` are the names of its images, ``disk`` the MiB on disk beyond those of services that are always on;
    None for these, and where the images are not here to be measured.
    """

    name: str
    title: str
    state: str
    source: str
    switch: str
    requires: tuple[str, ...]
    required_by: tuple[str, ...]
    adds: tuple[str, ...]
    memory: int = 0
    images: tuple[str, ...] = ()
    disk: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


async def listed(folder: Path) -> tuple[Line, ...]:
    """Return the services, those with a switch first. Raises Problem for the settings; an engine is not needed."""
    declared = services.load()
    settings = load(folder, declared)
    return lines(declared, settings, await _sizes())


async def _sizes() -> dict[str, int]:
    """Return the size in MiB of each image family as it is here, less that of its base; empty without an engine."""
    from skylift.engines import Engine
    from skylift.images.state import list_images
    from skylift.model.problem import Problem

    try:
        async with await Engine.open() as engine:
            rows = await list_images(engine, ())
    except Problem:
        return {}
    newest: dict[str, tuple[float, int]] = {}
    for row in rows:
        newest[row.family] = max(newest.get(row.family, (0.0, 0)), (row.created, row.size >> 20))
    base = newest.get("base", (0.0, 0))[1]
    return {family: size - base for family, (_, size) in newest.items()}


def lines(declared: Sequence[Service], settings: Settings, sizes: Mapping[str, int] | None = None) -> tuple[Line, ...]:
    """As :func:`listed`, for these declarations and settings, and the ``sizes`` of image families in MiB."""
    on = {service.name for service in declared if settings.enables(service.enabled_by)}
    always = {one.image.family for service in declared if not service.enabled_by for one in service.containers}
    found = [
        Line(
            name=service.name,
            title=service.title,
            state="always" if not service.enabled_by else "on" if service.name in on else "off",
            source=settings.source(service.enabled_by) if service.enabled_by else "",
            switch=service.enabled_by,
            requires=(*service.requires, *_choices(service)),
            required_by=tuple(one.name for one in declared if service.name in one.requires and one.name in on),
            adds=tuple(_adds(service)),
            memory=service.memory,
            images=tuple(dict.fromkeys(container.image.name for container in service.containers)),
            disk=_disk(service, always, sizes or {}),
        )
        for service in declared
    ]
    return tuple(sorted(found, key=lambda line: (line.state == "always", line.name)))


def _choices(service: Service) -> list[str]:
    return [" or ".join(choice.service or choice.key for choice in need.choices) for need in service.needs_one]


def _disk(service: Service, always: set[str], sizes: Mapping[str, int]) -> int | None:
    families = {container.image.family for container in service.containers} - always
    if not service.enabled_by or not families <= sizes.keys():
        return None
    return sum(sizes[family] for family in families)


def _adds(service: Service) -> list[str]:
    parts = [f"API {one.type} (port {one.port})" for one in service.endpoints]
    parts += [_count(len(service.containers), "container")] if service.containers else []
    parts += [_count(len({one.name for one in service.databases}), "database")] if service.databases else []
    parts += [f"user {service.user.name}"] if service.user else []
    parts += [_count(len(service.roles), "role")] if service.roles else []
    parts += [f"proof {', '.join(service.proofs)}"] if service.proofs else []
    return parts


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
