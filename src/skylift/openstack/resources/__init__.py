"""Initial resources behind OpenStack's APIs: seen, created, and corrected. One file a kind, found by its ``KIND``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules

from skylift.model.desired import Resource
from skylift.openstack.answers import together
from skylift.openstack.client import Api
from skylift.openstack.errors import ApiProblem
from skylift.openstack.resources.kind import Item, Kind, Values, World

__all__ = ["ensure", "kinds", "observe", "observe_all"]


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind there is, by name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    found: list[Kind] = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.name: kind for kind in found}


def observe_all(api: Api, resources: Sequence[Resource]) -> dict[str, Values | None]:
    """Return the attributes of each resource by its id, None for one that is not there: one list call a kind.

    A resource whose API does not answer yet is left out: nothing is known of it.
    """
    world = _look(api, {resource.kind for resource in resources}, strict=False)
    return {resource.id: _seen(resource, world) for resource in resources if _is_known(resource.kind, world)}


def observe(api: Api, resource: Resource) -> Values | None:
    """Return the resource's attributes, for the keys of its values; None when it is not there. Raises ApiProblem."""
    return _seen(resource, _look(api, {resource.kind}))


def ensure(api: Api, resource: Resource) -> str:
    """Create the resource, or correct what differs; return what was done in a few words.

    Raises Problem ``resource-cannot-change`` where it cannot be corrected without taking something from a user, and
    ApiProblem for what an API refuses. Nothing of a user is deleted.
    """
    kind = kinds()[resource.kind]
    world = _look(api, {resource.kind})
    found = world.find(resource.kind, resource.name)
    seen = kind.describe(found, resource, world) if found is not None else None
    if found is None or seen is None:
        return kind.create(api, resource, world)
    differing = {key: value for key, value in resource.values.items() if key in seen and seen[key] != value}
    return kind.correct(api, resource, found, differing, world) if differing else "was right"


def _seen(resource: Resource, world: World) -> Values | None:
    found = world.find(resource.kind, resource.name)
    return kinds()[resource.kind].describe(found, resource, world) if found is not None else None


def _is_known(kind: str, world: World) -> bool:
    return all(name in world.listed for name in (kind, *kinds()[kind].refers_to))


def _look(api: Api, names: Iterable[str], strict: bool = True) -> World:
    wanted: list[str] = []
    todo = sorted(names)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.append(name)
            todo += kinds()[name].refers_to
    api.login()
    listed = together([partial(_listing, api, kinds()[name], strict) for name in wanted])
    return World({name: items for name, items in zip(wanted, listed, strict=True) if items is not None})


def _listing(api: Api, kind: Kind, strict: bool) -> list[Item] | None:
    try:
        return kind.listing(api)
    except ApiProblem:
        if strict:
            raise
        return None
