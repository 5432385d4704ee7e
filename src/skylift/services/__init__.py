"""Declarations of services. A folder here that has a ``service.py`` is a service; nothing else lists them."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from skylift.model.service import Service

COMMON_TEMPLATES = Path(__file__).parent / "common" / "templates"


@cache
def load() -> tuple[Service, ...]:
    """Return every declared service, in alphabetical order of folder name."""
    found = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if module.ispkg and (Path(__path__[0]) / module.name / "service.py").exists():
            found.append(importlib.import_module(f"{__name__}.{module.name}.service").SERVICE)
    return tuple(found)


def modules(name: str) -> tuple[str, ...]:
    """Return the full names of the modules ``name`` (``proof``, ``holdings``) that services have in their folders."""
    folders = (service.folder for service in load())
    return tuple(f"{__name__}.{folder.name}.{name}" for folder in folders if (folder / f"{name}.py").is_file())
