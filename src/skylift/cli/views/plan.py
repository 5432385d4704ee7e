"""A plan as a person reads it: grouped by service, one line a target, with a sign and the cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from skylift.cli.views import words
from skylift.model.plan import Operation, Plan

SIGNS = {"+": ("create", "green"), "~": ("change", "yellow"), "↻": ("restart", "cyan"), "-": ("remove", "red")}


@dataclass
class Row:
    """All operations on one target, or on many of a kind that share a cause."""

    kind: str
    name: str
    cause: str
    verbs: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)

    @property
    def sign(self) -> str:
        """``+`` create, ``~`` change, ``↻`` restart, ``-`` remove."""
        verbs = set(self.verbs)
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
        if operation.cause == "others wait for it":
            continue
        kind = "job" if operation.action.startswith("job.") else words.kind(operation.action)
        group = words.group(operation.action)
        service = _place(operation, kind)
        container = kind in ("container", "job")
        key = f"{operation.action} {operation.cause}" if group else f"{container} {operation.target}"
        row = grouped.setdefault(service, {}).get(key)
        if row is None:
            row = Row(kind, group or words.short(operation.target), operation.cause)
            grouped[service][key] = row
        row.kind = "job" if kind == "job" else row.kind
        row.verbs.append(words.verb(operation.action))
        if group:
            row.members.append(words.short(operation.target))
    return {service: list(found.values()) for service, found in grouped.items() if found}


def _place(operation: Operation, kind: str) -> str:
    if kind in ("network", "volume", "resource"):
        return f"{kind}s"
    if kind in ("role", "account", "endpoint"):
        return "catalogue"
    return operation.service or kind


def show(console: Console, plan: Plan) -> None:
    """Print the plan and what it adds up to, or that nothing is to be done."""
    if plan.empty:
        console.print(Text("Nothing to do: the cloud is as the settings say.", "green"))
        return
    totals = dict.fromkeys(SIGNS, 0)
    for service, found in rows(plan).items():
        console.print(Text(service, "bold"))
        for row in found:
            totals[row.sign] += max(1, len(row.members))
            console.print(line(row))
    parts = [f"{number} to {SIGNS[sign][0]}" for sign, number in totals.items() if number]
    console.print(Text(f"\n{', '.join(parts)} ({words.count(len(plan), 'operation')})", "bold"))


def line(row: Row) -> Text:
    """Return one row: sign, kind, name, cause."""
    text = Text.assemble("  ", (row.sign, SIGNS[row.sign][1]), " ", (f"{row.kind:<10}", "dim"), f"{row.text:<28}")
    return text.append(f"  {row.cause}", "dim") if row.cause else text
