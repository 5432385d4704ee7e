"""Say why each container changes, in the terms of who wrote the settings, and what its files lose and get. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from skylift.model.container import RECORD, ContainerSpec, File
from skylift.model.desired import Desired
from skylift.model.inputs import MACHINE
from skylift.model.naming import short
from skylift.model.plan import Change, FileChange, InputChange, Operation, Plan
from skylift.plan.compare import CHANGED, changed_inputs
from skylift.plan.drift import HAND
from skylift.plan.options import OptionChange
from skylift.plan.versions import Mask, Versions

Texts = Mapping[str, Mapping[str, str]]
"""The configuration files that lie in each container now: text by path, by the container's name."""

NAMED = 2
"""How many options of a file are named in a cause; the diff has them all."""

PUT_BACK = "set up otherwise by hand, and put back: {}; what is to stay belongs in globals.yml or the folder config"


def explain(plan: Plan, desired: Desired, texts: Texts, mask: Mask) -> Plan:
    """Return the plan with causes down to the option and the line of globals.yml, and a diff of each file.

    ``mask`` takes the passwords out of a text; those that are no longer in passwords.yml are known by their place.
    """
    specs = {spec.name: spec for spec in desired.containers}
    changes = []
    # Containers of a node share files: each pair of versions is compared once.
    compared = cache(lambda before, after: Versions(before, after, mask))
    for change in plan.changes:
        spec, old = specs.get(change.target), texts.get(change.target, {})
        changes.append(_explained(_since(change, spec, old), spec, old, compared) if spec and change.files else change)
    causes = {change.target: ", ".join(change.causes) for change in changes if change.files}
    operations = tuple(_with_cause(operation, causes) for operation in plan)
    by_hand = [short(change.target) for change in changes if any(cause.endswith(HAND) for cause in change.causes)]
    notes = (*plan.notes, PUT_BACK.format(", ".join(by_hand))) if by_hand else plan.notes
    return replace(plan, changes=tuple(changes), operations=operations, notes=notes)


def _since(change: Change, spec: ContainerSpec, old: Mapping[str, str]) -> Change:
    """Return the change with its inputs compared with those of the last reload, where there was one."""
    record = next((text for path, text in old.items() if path.endswith(f"/{RECORD}")), None)
    return change if record is None else replace(change, inputs=changed_inputs(spec, None, record))


def _with_cause(operation: Operation, causes: Mapping[str, str]) -> Operation:
    if operation.action.startswith(("container.", "job.")) and operation.target in causes:
        return replace(operation, cause=causes[operation.target])
    return operation


def _explained(
    change: Change, spec: ContainerSpec, old: Mapping[str, str], compared: Callable[[str, str], Versions]
) -> Change:
    files = {file.path: file for file in spec.files}
    causes, diffs = list(change.causes), []
    for path in change.files:
        file, before = files.get(path), old.get(path)
        if file is None or before is None:
            continue
        inputs, after = _inputs_of(file, change.inputs), file.content.reveal()
        versions = compared(before, after)
        if before != after:
            diffs.append(FileChange(path, _lines(versions, inputs)))
        plain = f"{file.name}{CHANGED}"
        edited = f"{file.name} was edited by hand inside the container"
        if plain in causes:
            causes[causes.index(plain)] = _cause(file, versions, inputs)
        elif edited in causes:
            causes[causes.index(edited)] = f"{edited}: {_edit(file, versions)}"
    return replace(change, causes=tuple(causes), diffs=tuple(diffs))


def _inputs_of(file: File, changed: tuple[InputChange, ...]) -> list[InputChange]:
    """Return the changed inputs of this file; one that is gone altogether may have been any file's."""
    names = {one.name: one.source for one in file.inputs}
    own = [replace(one, source=names[one.name]) for one in changed if one.name in names]
    return own or [one for one in changed if not one.new]


def _cause(file: File, versions: Versions, inputs: list[InputChange]) -> str:
    found = versions.options
    because = _because(inputs)
    if not found:
        return f"{file.name} changed{because}"
    if inputs and all(one.name.startswith(("password ", "service ")) for one in inputs) and not file.origins:
        return f"{file.name} changed{because}"
    origins = dict(file.origins)
    named = [f"{file.name} {one}{_source(one, origins, inputs)}" for one in found[:NAMED]]
    more = len(found) - len(named)
    return "; ".join(named) + (f" and {more} more" if more else "")


def _source(option: OptionChange, origins: Mapping[str, str], inputs: list[InputChange]) -> str:
    """Return where the new value was written, in brackets: an override's line, else the settings it was made from."""
    if option.new is not None and option.place in origins:
        return f" ({origins[option.place]})"
    fitting = [one for one in inputs if one.new and one.new in (option.new or "")] or inputs
    return _because(fitting, brackets=True)


def _because(inputs: list[InputChange], *, brackets: bool = False) -> str:
    """Return the reasons: where settings were written, which password or service changed."""
    if not inputs:
        return "" if brackets else " with this version of Skylift"
    reasons = []
    for one in inputs:
        kind, _, name = one.name.partition(" ")
        if kind == "password":
            reasons.append(f"{name} changed")
        elif kind == "service":
            where = f", {one.source}" if one.new and one.source != "default" else ""
            reasons.append(f"{name} was {'enabled' if one.new else 'disabled'}{where}")
        elif one.name.startswith("config/"):
            reasons.append(f"{one.name} {'changed' if one.new and one.old else 'is new' if one.new else 'is gone'}")
        elif kind == "machine":
            reasons.append(one.source if one.source != MACHINE else f"{name} of this machine is {one.new}")
        elif one.source == "default":
            reasons.append(f"{one.name} is not set")
        else:
            reasons.append(one.source if brackets else f"{one.name}: {one.old} → {one.new}, {one.source}")
    text = " and ".join(dict.fromkeys(reasons))
    return f" ({text})" if brackets else f" because {text}" if kind in ("password", "service") else f" ({text})"


def _edit(file: File, versions: Versions) -> str:
    """Return what somebody changed by hand, and where that should have been written."""
    found = versions.edits
    place = f"write it to config/{file.name}" if found is not None else "write it to the settings"
    if not found:
        return f"it is put back; to keep a change, {place}"
    named = ", ".join(str(one) for one in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{named}{more}; it is put back; to keep it, {place}"


def _lines(versions: Versions, inputs: list[InputChange]) -> tuple[str, ...]:
    """Return a unified diff. Where a password is among the reasons, only files whose lines say which part of them is
    one are shown."""
    if any(one.name.startswith("password ") for one in inputs) and versions.options is None:
        return ("(it holds passwords that changed: not shown)",)
    return versions.diff or ("(only secrets differ)",)
