"""A plan as a person reads it: grouped by service, one line a target, with a sign and the cause."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from skylift.cli.views import diffs, outlook, words
from skylift.model.plan import AWAITED, Change, Operation, Plan

SIGNS = {
    "+": ("create", "green"),
    "~": ("change", "yellow"),
    "↻": ("restart", "cyan"),
    "⟳": ("reload", "cyan"),
    "-": ("remove", "red"),
}


@dataclass
class Row:
    """All operations on one target, or on many of a kind that share a cause."""

    kind: str
    name: str
    cause: str
    target: str = ""
    verbs: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)

    @property
    def sign(self) -> str:
        """``+`` create, ``~`` change, ``↻`` restart, ``⟳`` reload, ``-`` remove."""
        verbs = set(self.verbs)
        if "reload" in verbs:
            return "⟳"
        if "remove" in verbs:
            return "~" if verbs & {"create", "run"} else "-"
        if verbs & {"create", "ensure"}:
            return "+" if "create" in verbs or self.cause in ("it is not there", UNKNOWN) else "~"
        if verbs & {"stop", "start", "ready", "run"}:
            return "↻"
        return "~"

    @property
    def text(self) -> str:
        """What it is called: the members of a group, or the name."""
        if len(self.members) == 1:
            return self.members[0]
        return f"{len(self.members)} {self.name}: {words.some(self.members, 4)}" if self.members else self.name


UNKNOWN = "unknown until keystone answers"


def rows(operations: Iterable[Operation]) -> dict[str, list[Row]]:
    """Return the rows of each service, in the order of the plan. Waiting for others is no row of its own."""
    grouped: dict[str, dict[str, Row]] = {}
    for operation in operations:
        if operation.cause == AWAITED:
            continue
        kind = "job" if operation.action.startswith("job.") else words.kind(operation.action)
        group = words.group(operation.action)
        service = _place(operation, kind)
        container = kind in ("container", "job")
        key = f"{operation.action} {operation.cause}" if group else f"{container} {operation.target}"
        row = grouped.setdefault(service, {}).get(key)
        if row is None:
            row = Row(kind, group or words.short(operation.target), operation.cause, operation.target)
            grouped[service][key] = row
        row.kind = "job" if kind == "job" else row.kind
        row.verbs.append(words.verb(operation.action))
        if group:
            row.members.append(words.short(operation.target))
    return {service: list(found.values()) for service, found in grouped.items() if found}


def _place(operation: Operation, kind: str) -> str:
    if kind in ("network", "volume", "resource"):
        return f"{kind}s"
    if kind in ("role", "account", "domain", "endpoint"):
        return "catalogue"
    return operation.service or kind


def show(console: Console, plan: Plan, *, full: bool = False) -> None:
    """Print the plan, what it adds up to and what to expect, or that nothing is to be done.

    Diffs longer than some lines are cut unless ``full``.
    """
    for note in plan.notes:
        console.print(Text(f"· {note}", "dim"))
    if plan.empty:
        rest = "what was asked for is as the settings say." if plan.notes else "the cloud is as the settings say."
        console.print(Text(f"Nothing to do: {rest}", "green"))
        return
    changes = {change.target: change for change in plan.changes}
    totals = dict.fromkeys(SIGNS, 0)
    for service, found in rows(plan).items():
        console.print(Text(service, "bold"))
        for group in alike(found):
            totals[group[0].sign] += sum(max(1, len(row.members)) for row in group)
            for text in _lines(group, changes, console.width):
                console.print(text, soft_wrap=True)
            mine = [change for row in group if (change := _change(row, changes)) is not None]
            for text in diffs.lines(mine, full=full):
                console.print(text, soft_wrap=True)
    parts = [f"{number} to {SIGNS[sign][0]}" for sign, number in totals.items() if number]
    console.print(Text(f"\n{', '.join(parts)} ({words.count(len(plan), 'operation')})", "bold"))
    if plan.outlook is not None:
        for text in outlook.lines(plan.outlook):
            console.print(text)


def _change(row: Row, changes: Mapping[str, Change]) -> Change | None:
    """Return what happens to the container of a row; a volume may have the same name."""
    return changes.get(row.target) if row.kind in ("container", "job") else None


def alike(found: Iterable[Row]) -> list[list[Row]]:
    """Return the rows in groups: containers that share sign, kind and cause are told together."""
    groups: dict[object, list[Row]] = {}
    for row in found:
        key = (row.sign, row.kind, row.cause) if row.kind in ("container", "job") else id(row)
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _lines(group: list[Row], changes: Mapping[str, Change], width: int) -> list[Text]:
    """Return the lines of a group: its names and cause in one where that fits, else the causes below."""
    row = group[0]
    names = ", ".join(one.text for one in group)
    change = _change(row, changes)
    causes = change.causes if change is not None and change.causes else (row.cause,) if row.cause else ()
    head = Text.assemble("  ", (row.sign, SIGNS[row.sign][1]), " ", (f"{row.kind:<10}", "dim"))
    if len(causes) <= 1 and 14 + max(28, len(names)) + 2 + sum(map(len, causes)) <= max(width, 60):
        head.append(f"{names:<28}")
        return [head.append(f"  {causes[0]}", "dim") if causes else head]
    wrapped = textwrap.wrap(names, max(width - 15, 30))
    lines = [head.append(wrapped[0])] + [Text(" " * 14 + more) for more in wrapped[1:]]
    for cause in causes:
        parts = textwrap.wrap(cause, max(width - 17, 30), break_on_hyphens=False)
        lines += [Text(" " * 16 + part, "dim") for part in parts]
    return lines
