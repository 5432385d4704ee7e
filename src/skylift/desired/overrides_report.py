"""What in the override folder has no effect, and the nearest that would have one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from skylift.desired.options import Known, nearest, unknown
from skylift.desired.overrides import names_for
from skylift.model.container import ContainerSpec, File
from skylift.model.desired import Desired
from skylift.model.event import Notice
from skylift.model.service import Service
from skylift.model.service_container import Override
from skylift.settings.overrides import OverrideFile, Overrides

NEAR = 0.75
"""How alike two names must be (difflib's ratio) for one to be offered instead of the other."""


def without_effect(
    desired: Desired, overrides: Overrides, declared: Sequence[Service], known: Mapping[str, Known]
) -> tuple[Notice, ...]:
    """Return a warning for each override file and each line that changes nothing, in order of place.

    ``declared`` are all services there are, ``known`` maps the name of a list of options to what it holds; of programs
    without a list no option is called unknown.
    """
    if not overrides:
        return overrides.notices
    found = [*_unread(desired, overrides, declared), *_lost(desired), *_unknown(desired, declared, known)]
    return (*overrides.notices, *sorted(found, key=lambda notice: _place(notice.where)))


def option_lists(desired: Desired, declared: Sequence[Service]) -> dict[str, ContainerSpec]:
    """Return the lists of options that are needed to judge the overrides in use, each with a container that has it."""
    lists = _lists(declared)
    needed: dict[str, ContainerSpec] = {}
    for spec, file in _overridden(desired):
        if name := lists.get((spec.service, file.dest), ""):
            needed.setdefault(name, spec)
    return needed


# Files


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who would read an override file."""

    service: Service
    on: bool


def _unread(desired: Desired, overrides: Overrides, declared: Sequence[Service]) -> Iterator[Notice]:
    read = {one.name for spec in desired.containers for file in spec.files for one in file.inputs}
    read |= {where for spec in desired.containers for file in spec.files for _, where in file.shadowed}
    on = {spec.service for spec in desired.containers}
    readers = _readers(desired, declared, on)
    for file in overrides.files.values():
        if file.shown not in read:
            prefix = file.shown.removesuffix(file.name)
            yield Notice(_why_unread(file, prefix, readers, desired, declared), "warning", file.shown)


def _readers(desired: Desired, declared: Sequence[Service], on: set[str]) -> dict[str, _Reader]:
    """Return every name that is or could be read on the cloud's nodes, with the service that does."""
    found: dict[str, _Reader] = {}
    for service in sorted(declared, key=lambda service: service.name not in on):
        for container in service.containers:
            for override in (file.override for file in container.files if file.override):
                for node in (node for node in desired.cloud.nodes if container.role in node.roles):
                    extras = (name for extra in override.extras for name in extra.names)
                    names = (*names_for(override, node.name, container.name), *extras)
                    for name in names:
                        found.setdefault(name.replace("{host}", node.name), _Reader(service, service.name in on))
    return found


def _why_unread(
    file: OverrideFile, prefix: str, readers: Mapping[str, _Reader], desired: Desired, declared: Sequence[Service]
) -> str:
    reader = readers.get(file.name)
    if reader is not None:
        switch = reader.service.enabled_by
        return f"it has no effect: {reader.service.name} is off" + (f" ({switch}: no)" if switch else "")
    nodes = [node.name for node in desired.cloud.nodes]
    host = _host(file.name, declared)
    if host and host not in nodes:
        near = difflib.get_close_matches(host, nodes, 1, 0.0)
        right = re.sub(rf"(?<=/){re.escape(host)}(?=/)", near[0] if near else nodes[0], file.name, count=1)
        return f"it has no effect: there is no node {host}; for {near[0] if near else nodes[0]} it is {prefix}{right}"
    likely = _nearest_name(file.name, [name for name, one in readers.items() if one.on] or list(readers))
    return "it has no effect: nothing reads it" + (f"; did you mean {prefix}{likely}?" if likely else "")


def _host(name: str, declared: Sequence[Service]) -> str:
    """Return what stands in ``name`` where the name of a node belongs, or nothing."""
    for override in (file.override for one in declared for box in one.containers for file in box.files):
        for pattern in _patterns(override):
            if found := re.fullmatch(pattern, name):
                return found["host"]
    return ""


def _patterns(override: Override | None) -> Iterator[str]:
    if override is not None:
        for name in (*override.names, *(name for extra in override.extras for name in extra.names)):
            if "{host}" in name:
                quoted = re.escape(name).replace(r"\{host\}", "(?P<host>[^/]+)")
                yield quoted.replace(r"\{container\}", "[^/]+")


def _nearest_name(name: str, names: Sequence[str]) -> str:
    """Return the name that was meant: one with the same last part, one written alike, or nothing."""
    stem, folder = _stem(name), name.rpartition("/")[0]
    alike = difflib.get_close_matches(stem, sorted({_stem(one) for one in names}), 1, NEAR)
    same = [one for one in names if [_stem(one)] == alike]
    return max(same, key=lambda one: (one.rpartition("/")[0] == folder, -len(one), one), default="")


def _stem(name: str) -> str:
    """Return the last part without its ending: that ``.yml`` is no ``.yaml`` is what is to be found out."""
    return name.lower().rpartition("/")[2].partition(".")[0]


# Lines


def _lost(desired: Desired) -> Iterator[Notice]:
    """Yield a warning for each line that another one overrides in every file it could be in."""
    effective = {where for _, file in _overridden(desired) for _, where in file.origins}
    told: set[str] = set()
    for _, file in _overridden(desired):
        winners = dict(file.origins)
        for name, where in file.shadowed:
            if where not in effective and where not in told:
                told.add(where)
                winner = next((place for other, place in winners.items() if other.lower() == name.lower()), "")
                text = f"{name} has no effect: {winner} overrides it" if name else f"it has no effect: {winner} is used"
                yield Notice(text, "warning", where)


def _unknown(desired: Desired, declared: Sequence[Service], known: Mapping[str, Known]) -> Iterator[Notice]:
    """Yield a warning for each option that no program which is given it knows."""
    lists = _lists(declared)
    verdicts: dict[str, tuple[str, set[str]]] = {}
    good: set[str] = set()
    for spec, file in _overridden(desired):
        name = lists.get((spec.service, file.dest), "")
        options = known.get(name)
        bad = unknown(options, file.content.reveal(), (key for key, _ in file.origins)) if options else set()
        for key, where in file.origins:
            if key in bad:
                verdicts.setdefault(where, (key, set()))[1].add(name)
            else:
                good.add(where)
    for where, (key, names) in verdicts.items():
        if where not in good:
            who = " and ".join(sorted(names)) if len(names) < 3 else "no service"
            does = "does not know" if len(names) == 1 else "do not know" if len(names) < 3 else "knows"
            near = nearest(key, [known[name] for name in sorted(names)])
            hint = f"; did you mean {near}?" if near else ""
            yield Notice(f"{key} has no effect: {who} {does} it{hint}", "warning", where)


def _lists(declared: Sequence[Service]) -> dict[tuple[str, str], str]:
    return {
        (service.name, file.dest): file.override.options
        for service in declared
        for container in service.containers
        for file in container.files
        if file.override is not None
    }


def _overridden(desired: Desired) -> Iterable[tuple[ContainerSpec, File]]:
    return [(spec, file) for spec in desired.containers for file in spec.files if file.origins]


def _place(where: str) -> tuple[str, int]:
    """Split ``file:line`` so that places sort as people read."""
    file, _, line = where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (where, 0)
