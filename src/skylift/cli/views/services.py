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
    for title in ("service", "state", "switch", "needs", "adds"):
        table.add_column(title, no_wrap=title != "adds" and title != "needs")
    for line in lines:
        source = f" ({line.source})" if line.source not in ("", "default") else ""
        table.add_row(
            Text.assemble((line.name, "bold"), ("  " + line.title, "dim")),
            Text(line.state + source, STATES[line.state]),
            line.switch,
            Text(", ".join(line.requires), "dim"),
            ", ".join(line.adds),
        )
    console.print(table)
    console.print(Text("skylift enable NAME · skylift disable NAME", "dim"))
