"""A checkup as its reader sees it: each cause in full, what only follows from it in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from skylift.app.diagnose import looked_at
from skylift.cli.views import words
from skylift.cli.views.findings import MARKS, NARROW, render
from skylift.model.finding import Finding

if TYPE_CHECKING:
    from skylift.app.diagnose import Checkup

FOLLOWING = 8
"""So many kinds of consequences are told of one cause."""


def show(console: Console, found: Checkup) -> None:
    """Print the findings, or that nothing is wrong and what was looked at."""
    for part in parts(found):
        console.print(part, width=console.width if console.is_terminal else NARROW, soft_wrap=False)


def parts(found: Checkup) -> Iterator[RenderableType]:
    """Yield what is shown, from top to bottom."""
    looked = ", ".join(looked_at(found.patient)) if found.patient is not None else ""
    if not found.diagnosis.branches:
        yield Text.assemble(("Nothing is wrong", "bold green"), f" ({words.seconds(found.seconds)}).")
        yield Text(f"  looked at: {looked}", "dim")
        return
    for number, branch in enumerate(found.diagnosis.branches):
        if number:
            yield Text("")
        yield from _cause(branch.cause)
        yield from _following(branch.consequences)
    if found.diagnosis.well:
        yield Text("\nNothing else is wrong.", "green")
    if looked:
        yield Text(f"\nlooked at: {looked} ({words.seconds(found.seconds)})", "dim")


def _cause(finding: Finding) -> Iterator[RenderableType]:
    """Yield a finding in full, with where it is in its first line."""
    mark, style = MARKS[finding.severity]
    where = f": {finding.where}" if finding.where else ""
    yield Text.assemble((f"{mark} {finding.summary}{where}", style), (f"  {finding.code}", "dim"))
    _, *rest = render(finding)
    yield from rest


def _following(consequences: tuple[Finding, ...]) -> Iterator[Text]:
    """Yield a line for each kind of consequence."""
    if not consequences:
        return
    yield Text("  only consequences of it:", "dim")
    ordered = sorted(consequences, key=lambda one: one.code)
    kinds = [(code, list(found)) for code, found in groupby(ordered, key=lambda one: one.code)]
    # In the order in which they follow.
    first = {one.code: number for number, one in reversed(list(enumerate(consequences)))}
    kinds.sort(key=lambda kind: first[kind[0]])
    for _, found in kinds[:FOLLOWING]:
        places = [one.where for one in found if one.where]
        where = f": {words.some(places, 4)}" if places else ""
        yield Text(f"  · {found[0].summary}{where}", "dim")
    if len(kinds) > FOLLOWING:
        yield Text(f"  · and {words.count(len(kinds) - FOLLOWING, 'other kind')}", "dim")


def mended(changed: int) -> Text:
    """Return the last line of ``--fix``."""
    if not changed:
        return Text("There is nothing that could be repaired safely: see what each finding says.", "yellow")
    return Text.assemble(
        (f"{words.count(changed, 'operation')} carried out.", "green"),
        " Agents report within a minute; then look again: skylift doctor",
    )
