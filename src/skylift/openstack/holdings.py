"""What users have in one service, to show before the service goes and to remove with it.

A service with such things has a file ``holdings.py`` in its folder, with ``TOLD``: what becomes of them while the
service is off; ``found(api)`` and ``remove(api)``; and ``orphans(api)``, what is left in other services when the
service that made it is gone and cannot be asked any more. Where a container of the service has ``contents``, ``found``
and ``remove`` are given these lines too. ``KEEPS_ON``: it is not switched off while there is anything in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

from skylift import services
from skylift.model.holding import Holding
from skylift.openstack.client import Api
from skylift.openstack.guests import project_names

__all__ = ["Holding", "found", "orphans", "remove", "told"]


def _module(service: str) -> Any | None:
    name = f"{services.__name__}.{service}.holdings"
    return cast(Any, import_module(name)) if name in services.modules("holdings") else None


def keeps_on(service: str) -> bool:
    """Whether the service is not switched off while users have something in it."""
    return bool(getattr(_module(service), "KEEPS_ON", False))


def told(service: str) -> str:
    """Return what becomes of the users' things while the service is off; empty when there is nothing to say."""
    module = _module(service)
    return module.TOLD if module else ""


def found(api: Api, service: str, contents: Sequence[str] | None = None) -> tuple[Holding, ...]:
    """Return what users of all projects have in the service, by name. Raises ApiProblem.

    ``contents`` are what a container of the service says, None where none is asked.
    """
    module = _module(service)
    listed = module.found(api, *_given(contents)) if module else []
    names = project_names(api) if listed else {}
    return tuple(
        Holding(one.kind, one.name, names.get(one.project, one.project), one.detail)
        for one in sorted(listed, key=lambda one: (one.name, one.detail))
    )


def remove(api: Api, service: str, contents: Sequence[str] | None = None) -> str:
    """Remove through its API all that users have in the service. Raises Problem."""
    module = _module(service)
    count = module.remove(api, *_given(contents)) if module else 0
    return f"{count} removed" if count else "there was nothing"


def orphans(api: Api, service: str) -> tuple[str, ...]:
    """Return what the service, gone already, has left in others. Raises ApiProblem."""
    module = _module(service)
    return tuple(module.orphans(api)) if module else ()


def _given(contents: Sequence[str] | None) -> tuple[Sequence[str], ...]:
    return () if contents is None else (contents,)
