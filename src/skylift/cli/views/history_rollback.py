"""The way back before the question: what cannot go back, the files, the plan; and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from skylift.cli.views import plan
from skylift.cli.views.run_diff import files
from skylift.cli.views.summary import changes

if TYPE_CHECKING:
    from skylift.app.rollback import RollbackResult, WayBack

TITLES = {"schema": "schema", "data": "data", "network": "network", "image": "images", "password": "passwords",
          "version": "version", "file": "files"}  # fmt: skip


def show(console: Console, way: WayBack) -> None:
    """Print the way back."""
    for part in parts(way):
        console.print(part)
    console.print(Text("\nPlan", "bold"))
    plan.show(console, way.plan)


def parts(way: WayBack) -> Iterator[RenderableType]:
    """Yield what is said before the plan."""
    yield Text.assemble("Back to ", (way.run.id, "bold"), f" ({way.run.verb}, cloud {way.run.cloud})")
    if way.limits:
        yield Text("\nThis does not go back", "bold yellow")
        for limit in way.limits:
            style = "bold red" if limit.kind in ("schema", "data") else "yellow"
            line = Text.assemble(("! ", style), (f"{TITLES[limit.kind]:<10}", style), limit.text)
            yield Padding(line, (0, 0, 0, 2), expand=False)
    yield from files("Files", way.files)
    if not way.files:
        yield Text("\nYour files are as they were in that run.", "dim")


def result_lines(result: RollbackResult) -> Iterator[Text]:
    """Yield the last lines: what became of files and cloud."""
    for name in result.files:
        yield Text(f"{name} is {'as it was' if Path(name).exists() else 'gone again'}.", "green")
    if result.copies:
        yield Text.assemble("What it said before is kept in ", (result.copies, "bold"))
    yield changes(result.changed)
