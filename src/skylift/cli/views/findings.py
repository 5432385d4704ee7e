"""Findings as their reader sees them: what, why, the evidence with its age, what to do; consequences after that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from skylift.app.explain import Explanation
from skylift.cli.views import words
from skylift.doctor.lines import shown
from skylift.model.finding import Evidence, Finding

MARKS = {"error": ("✗", "bold red"), "warning": ("!", "bold yellow"), "note": ("i", "bold blue")}
NARROW = 120
"""Columns to which prose is folded where there is no terminal to fit."""


def show_explanation(console: Console, explanation: Explanation) -> None:
    """Print what is known of a text; where nothing is, what to look at and what to collect."""
    width = console.width if console.is_terminal else NARROW
    for part in parts(explanation):
        if isinstance(part, Text) and part.no_wrap:
            console.print(part, no_wrap=True, overflow="ignore", crop=False)
        else:
            console.print(part, width=width, soft_wrap=False)


def parts(explanation: Explanation) -> Iterator[RenderableType]:
    """Yield what is shown of an explanation, from top to bottom."""
    if explanation.findings:
        yield from findings(explanation.findings)
        return
    if not explanation.lines:
        yield Text(f"Nothing failed in {explanation.subject}." if explanation.run else "There is no text to explain.")
        return
    yield Text(f"No rule knows {explanation.subject} ({words.count(explanation.lines, 'line')}).", "bold")
    if explanation.likely:
        yield Text("  The lines most likely to say what is wrong:")
        for line in explanation.likely:
            yield _row("", Text.assemble((line.source or line.place, "dim"), "  ", shown(line.text)))
    yield Text("  What tells more:")
    for command in explanation.collect:
        yield Text(f"    {command}", "green", no_wrap=True)


def findings(found: Sequence[Finding]) -> Iterator[RenderableType]:
    """Yield each finding that nothing else explains in full, then the consequences, one line each."""
    causes = [finding for finding in found if not finding.follows_from]
    for number, finding in enumerate(causes):
        if number:
            yield Text("")
        yield from render(finding)
    following = [finding for finding in found if finding.follows_from]
    if following:
        yield Text("\nOnly consequences of it:" if len(causes) == 1 else "\nOnly consequences of these:", "dim")
    for finding in following:
        seen = finding.evidence[0] if finding.evidence else Evidence("")
        yield Text(f"  · {finding.summary} ({_told(seen)}), from {finding.follows_from}", "dim")


def render(finding: Finding) -> Iterator[RenderableType]:
    """Yield one finding: its summary and code, then cause, evidence and fix under it."""
    mark, style = MARKS[finding.severity]
    yield Text.assemble((f"{mark} {finding.summary}", style), ("  " + finding.code, "dim"))
    if finding.cause:
        yield _row("why", Text(finding.cause))
    for number, one in enumerate(finding.evidence):
        told = _told(one)
        text = Text.assemble((told + "\n" if told else "", "cyan"), (one.text, "dim"))
        yield _row("" if number else "seen", text)
    for number, line in enumerate(finding.fix.splitlines()):
        # Commands are copied: they are not folded.
        yield Text.assemble((f"  {'' if number else 'fix':<4}  ", "dim"), (line, "green"), no_wrap=True)


def _told(one: Evidence) -> str:
    """Return where, how long ago and how often something was seen."""
    age = "" if one.age is None else f"{words.age(one.age)} ago"
    return ", ".join(part for part in (one.source, age, f"{one.count} times" if one.count > 1 else "") if part)


def _row(label: str, text: Text) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=4, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(label, "dim"), text)
    return Padding(table, (0, 0, 0, 2), expand=False)
