"""Say why each container changes, in the terms of who wrote the settings, and what its files lose and get. Pure."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from skylift.model.container import RECORD, ContainerSpec, File
from skylift.model.desired import Desired
from skylift.model.hidden import HIDDEN, hide
from skylift.model.inputs import MACHINE
from skylift.model.naming import short
from skylift.model.plan import Change, FileChange, InputChange, Operation, Plan
from skylift.plan.compare import CHANGED, changed_inputs
from skylift.plan.drift import HAND
from skylift.plan.options import OptionChange, differences

Mask = Callable[[str], str]
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
    for change in plan.changes:
        spec, old = specs.get(change.target), texts.get(change.target, {})
        changes.append(_explained(_since(change, spec, old), spec, old, mask) if spec and change.files else change)
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


def _explained(change: Change, spec: ContainerSpec, old: Mapping[str, str], mask: Mask) -> Change:
    files = {file.path: file for file in spec.files}
    causes, diffs = list(change.causes), []
    for path in change.files:
        file, before = files.get(path), old.get(path)
        if file is None or before is None:
            continue
        inputs = _inputs_of(file, change.inputs)
        if before != file.content.reveal():
            diffs.append(FileChange(path, _lines(before, file, inputs, mask)))
        plain = f"{file.name}{CHANGED}"
        edited = f"{file.name} was edited by hand inside the container"
        if plain in causes:
            causes[causes.index(plain)] = _cause(file, before, inputs, mask)
        elif edited in causes:
            causes[causes.index(edited)] = f"{edited}: {_edit(file, before, mask)}"
    return replace(change, causes=tuple(causes), diffs=tuple(diffs))


def _inputs_of(file: File, changed: tuple[InputChange, ...]) -> list[InputChange]:
    """Return the changed inputs of this file; one that is gone altogether may have been any file's."""
    names = {one.name: one.source for one in file.inputs}
    own = [replace(one, source=names[one.name]) for one in changed if one.name in names]
    return own or [one for one in changed if not one.new]


def _cause(file: File, before: str, inputs: list[InputChange], mask: Mask) -> str:
    found = _options(*_safe(before, file, mask))
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
            reasons.append(f"{one.name} is no longer set")
        else:
            reasons.append(one.source if brackets else f"{one.name}: {one.old} → {one.new}, {one.source}")
    text = " and ".join(dict.fromkeys(reasons))
    return f" ({text})" if brackets else f" because {text}" if kind in ("password", "service") else f" ({text})"


def _edit(file: File, there: str, mask: Mask) -> str:
    """Return what somebody changed by hand, and where that should have been written."""
    old, new = _safe(there, file, mask)
    found = _options(new, old)
    place = f"write it to config/{file.name}" if found is not None else "write it to the settings"
    if not found:
        return f"it is put back; to keep a change, {place}"
    named = ", ".join(str(one) for one in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{named}{more}; it is put back; to keep it, {place}"


def _lines(before: str, file: File, inputs: list[InputChange], mask: Mask) -> tuple[str, ...]:
    """Return a unified diff without headings. Where a password is among the reasons, only files whose lines say which
    part of them is one are shown."""
    old, new = _safe(before, file, mask)
    if any(one.name.startswith("password ") for one in inputs) and _options(old, new) is None:
        return ("(it holds passwords that changed: not shown)",)
    lines = list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
    return tuple(lines) or ("(only secrets differ)",)


def _options(old: list[str], new: list[str]) -> tuple[OptionChange, ...] | None:
    return differences("\n".join(old), "\n".join(new))


def _safe(before: str, file: File, mask: Mask) -> tuple[list[str], list[str]]:
    """Return the lines of both versions without passwords.

    Of an old one, or of one that somebody wrote there, nobody knows any more what it was. But it stands where the new
    version has a password that is known.
    """
    old, new = (hide(mask("\n".join(_readable(text)))).splitlines() for text in (before, file.content.reveal()))
    places = [line for line in dict.fromkeys(new) if HIDDEN in line]
    if places and all(line.strip() == HIDDEN for line in new):
        return [HIDDEN] * len(old), new
    patterns = [
        (re.compile(".+".join(map(re.escape, line.split(HIDDEN)))), line) for line in places if line.strip() != HIDDEN
    ]
    return [next((line for pattern, line in patterns if pattern.fullmatch(one)), one) for one in old], new


def _readable(text: str) -> list[str]:
    """Return the lines of a text. JSON gets one line a value: many a file is a single one."""
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False).splitlines()
    except ValueError:
        return text.splitlines()
