"""The checks before a change: a line for each, then what is wrong in full."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from skylift.cli.views import words
from skylift.cli.views.problems import render
from skylift.doctor.prechecks import Finding

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "bold red")}


def show(console: Console, findings: Sequence[Finding]) -> None:
    """Print every check with what it looked at, then warnings and problems, and last how many of each."""
    width = max((len(finding.name) for finding in findings), default=0)
    for finding in findings:
        console.print(line(finding, width))
    found = [
        *(render(one, "!", "yellow") for finding in findings for one in finding.warnings),
        *(render(one) for finding in findings for one in finding.problems),
    ]
    for text in found:
        console.print()
        console.print(text)
    console.print()
    console.print(summary(findings))


def line(finding: Finding, width: int) -> Text:
    """Return one check's line: mark, name, what it looked at or what it found."""
    mark, style = MARKS[finding.state]
    text = Text.assemble((mark, style), " ", f"{finding.name:<{width}}  ")
    first = (*finding.problems, *finding.warnings)[:1]
    return text.append(first[0].summary, style) if first else text.append(finding.looked, "dim")


def summary(findings: Sequence[Finding]) -> str:
    """Return the last line."""
    failed = sum(1 for finding in findings if finding.problems)
    told = sum(1 for finding in findings if finding.warnings)
    also = f", {told} with a remark" if told else ""
    if failed:
        return f"{failed} of {words.count(len(findings), 'check')} failed{also}."
    return f"All {len(findings)} checks hold{also}."
