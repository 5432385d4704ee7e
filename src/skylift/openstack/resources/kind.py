"""What a kind of resource must offer, and what the kinds share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from skylift.model.desired import Resource
from skylift.model.problem import Problem
from skylift.openstack.client import Api

Item = dict[str, Any]
"""An object as its API gives it."""

Values = Mapping[str, Any]
"""Attributes in the form of ``Resource.values``: references as ``{"ref": "kind/name"}``, lists as tuples."""


class World:
    """Every object that was listed: finds them by kind and name, and turns ids into references and back."""

    def __init__(self, listed: Mapping[str, list[Item]]) -> None:
        self.listed = dict(listed)
        self._refs = {
            str(item["id"]): f"{kind}/{item['name']}"
            for kind, items in self.listed.items()
            for item in reversed(items)
            if "id" in item and "name" in item
        }

    def find(self, kind: str, name: str) -> Item | None:
        """Return the object of this name: of several, one that is complete, and of these the oldest."""
        items = [item for item in self.listed.get(kind, []) if item.get("name") == name]
        unfinished = ("queued", "saving", "importing")
        return min(
            items, key=lambda item: (item.get("status") in unfinished, str(item.get("created_at", ""))), default=None
        )

    def ref(self, identity: str | None) -> Values | None:
        """Return the reference to an object, with its bare id where it is none that was listed."""
        return {"ref": self._refs.get(identity, identity)} if identity else None

    def id_of(self, reference: Values) -> str:
        """Return the id a reference means. Raises Problem ``resource-reference-missing``."""
        kind, _, name = str(reference["ref"]).partition("/")
        found = self.find(kind, name)
        if found is None:
            raise Problem(
                "resource-reference-missing",
                "An initial resource needs another one that is not there",
                f"{reference['ref']} was not found",
                "skylift apply",
                str(reference["ref"]),
            )
        return str(found["id"])


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource.

    ``listing`` returns all objects in one call, or as few as it takes. ``describe`` gives an object's attributes for
    the keys of the resource's values. ``create`` and ``correct`` return what was done, in a few words; ``correct``
    gets the attributes that differ, and raises Problem ``resource-cannot-change`` where it cannot. ``refers_to`` are
    the kinds whose objects ``describe``, ``create`` and ``correct`` look up.
    """

    name: str
    listing: Callable[[Api], list[Item]]
    describe: Callable[[Item, Resource, World], Values | None]
    create: Callable[[Api, Resource, World], str]
    correct: Callable[[Api, Resource, Item, Values, World], str]
    refers_to: tuple[str, ...] = ()


def cannot_change(resource: Resource, what: str, why: str, fix: str) -> Problem:
    """Return the Problem that says exactly why a resource stays as it is."""
    return Problem(
        "resource-cannot-change",
        "An initial resource cannot be changed to what the settings say",
        f"{resource.kind} {resource.name}: {what}\n{why}",
        fix,
        resource.source if resource.source != "default" else resource.id,
    )
