"""Use case: the services there are, which are on, what switches them, what they need and what they add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skylift import services
from skylift.model.service import Service
from skylift.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Line:
    """A declared service. ``state``: always, on or off; ``source`` says who switched it; ``switch`` is its key.

    ``requires`` are services that must be on, ``required_by`` those that are on and need it. ``adds`` is what it
    brings, in words.
    """

    name: str
    title: str
    state: str
    source: str
    switch: str
    requires: tuple[str, ...]
    required_by: tuple[str, ...]
    adds: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def listed(folder: Path) -> tuple[Line, ...]:
    """Return the services, those with a switch first. Reads the settings only. Raises Problem for these."""
    declared = services.load()
    return lines(declared, load(folder, declared))


def lines(declared: Sequence[Service], settings: Settings) -> tuple[Line, ...]:
    """As :func:`listed`, for these declarations and settings."""
    on = {service.name for service in declared if settings.enables(service.enabled_by)}
    found = [
        Line(
            name=service.name,
            title=service.title,
            state="always" if not service.enabled_by else "on" if service.name in on else "off",
            source=settings.source(service.enabled_by) if service.enabled_by else "",
            switch=service.enabled_by,
            requires=service.requires,
            required_by=tuple(one.name for one in declared if service.name in one.requires and one.name in on),
            adds=tuple(_adds(service)),
        )
        for service in declared
    ]
    return tuple(sorted(found, key=lambda line: (line.state == "always", line.name)))


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
