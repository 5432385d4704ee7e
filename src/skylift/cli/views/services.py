"""The list of services: what can be switched, each with what it needs, adds and costs; then what is always on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skylift.app.services import Line

STATES = {"on": "green", "off": "yellow"}
INDENT = (0, 0, 0, 2)


def show(console: Console, lines: Sequence[Line]) -> None:
    """Print each service that can be switched, and the names of those that cannot."""
    always = [line for line in lines if line.state == "always"]
    switched = [line for line in lines if line.state != "always"]
    present = {line.name for line in always}
    for line in switched:
        console.print(_head(line))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        for word, text in _facts(line, present):
            table.add_row(word, text)
        console.print(Padding(table, INDENT))
    console.print(Text("always on", "bold"))
    console.print(Padding(Text(", ".join(line.name for line in always)), INDENT))
    memory = sum(line.memory for line in lines if line.state != "off")
    if memory:
        console.print(Padding(Text(f"with all that is on: {memory} MiB of memory, without guests", "dim"), INDENT))
    console.print(Text("skylift enable NAME [--with-deps] · skylift disable NAME · --plan shows what it does", "dim"))


def _head(line: Line) -> Text:
    source = f" ({line.source})" if line.source not in ("", "default") else ""
    return Text.assemble(
        (line.name, "bold"), (f"  {line.title}  ", "dim"), (line.state, STATES[line.state]), (source, "dim")
    )


def _facts(line: Line, present: set[str]) -> list[tuple[str, str]]:
    # What is always there need not be thought of.
    needs = [name for name in line.requires if name not in present]
    found = [("needs", ", ".join(needs))] if needs else []
    if line.required_by:
        found.append(("needed by", ", ".join(line.required_by)))
    found.append(("adds", ", ".join(line.adds)))
    found.append(("costs", _costs(line)))
    found.append(("key", line.switch))
    return found


def _costs(line: Line) -> str:
    parts = [f"{line.memory} MiB of memory"] if line.memory else []
    if line.disk is None:
        parts.append("its images are not here yet")
    else:
        parts.append(f"{line.disk} MiB of images" if line.disk else "no further images")
    return ", ".join(parts)
