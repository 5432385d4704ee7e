"""What services need of each other: what to switch on with one, and what cannot do without one that goes off. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from skylift.model.service import OneOf, Service


@dataclass(frozen=True, slots=True)
class Need:
    """``service`` needs ``what``: a service's name, or words for what several could be. For it ``add`` is to go on."""

    service: str
    what: str
    add: str

    def __str__(self) -> str:
        return f"{self.service} needs {self.what}"


def missing(
    names: Iterable[str], declared: Sequence[Service], on: AbstractSet[str], switched: Callable[[str], bool]
) -> tuple[Need, ...]:
    """Return all that ``names`` need and that is off, also what that needs itself, each addition once.

    ``on`` are the services that are on, ``switched`` tells whether a key of globals.yml is. A need that a key alone
    would meet, where no service is behind its first choice, has an empty ``add``.
    """
    known = {service.name: service for service in declared}
    there = {*on, *names}
    found: list[Need] = []
    todo = list(names)
    while todo:
        service = known[todo.pop(0)]
        for need in (*_required(service, there), *_one_of(service, there, switched)):
            found.append(need)
            if need.add:
                there.add(need.add)
                todo.append(need.add)
    return tuple(found)


def left_without(
    going: AbstractSet[str], declared: Iterable[Service], on: AbstractSet[str], switched: Callable[[str], bool]
) -> dict[str, tuple[str, ...]]:
    """Return the services that stay on and cannot do without some of those ``going``, with these."""
    staying = on - going
    found: dict[str, tuple[str, ...]] = {}
    for service in declared:
        if service.name in staying:
            lost = [name for name in service.requires if name in going]
            for need in service.needs_one:
                served = [choice.service for choice in need.choices if switched(choice.key)]
                if served and all(name in going for name in served):
                    lost += served
            if lost:
                found[service.name] = tuple(lost)
    return found


def _required(service: Service, there: AbstractSet[str]) -> Iterable[Need]:
    return (Need(service.name, name, name) for name in service.requires if name not in there)


def _one_of(service: Service, there: AbstractSet[str], switched: Callable[[str], bool]) -> Iterable[Need]:
    for need in service.needs_one:
        if not any(switched(choice.key) or (choice.service and choice.service in there) for choice in need.choices):
            yield Need(service.name, f"{need.what}: {_choices(need)}", need.choices[0].service)


def _choices(need: OneOf) -> str:
    return " or ".join(choice.service or f"{choice.key}: yes" for choice in need.choices)
