"""The list of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skylift.app.services import Line

STATES = {"on": "green", "off": "dim", "always": ""}


def show(console: Console, lines: Sequence[Line]) -> None:
    """Print a row for each service, and below it what it adds."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("service", "state", "switch", "needs", "adds", "costs"):
        table.add_column(title, no_wrap=title not in ("adds", "needs", "costs"))
    for line in lines:
        source = f" ({line.source})" if line.source not in ("", "default") else ""
        table.add_row(
            Text.assemble((line.name, "bold"), ("  " + line.title, "dim")),
            Text(line.state + source, STATES[line.state]),
            line.switch,
            Text(", ".join(line.requires), "dim"),
            ", ".join(line.adds),
            _costs(line),
        )
    console.print(table)
    console.print(Text("skylift enable NAME · skylift disable NAME", "dim"))


def _costs(line: Line) -> str:
    parts = [f"{line.memory} MiB memory"] if line.memory else []
    if line.images:
        more = "" if line.state == "always" else " not built yet" if line.disk is None else f" {line.disk} MiB more"
        parts.append(f"{len(line.images)} image{'s' if len(line.images) > 1 else ''}{more}")
    return ", ".join(parts)
