"""What is in a report, what is missing from it, and a word before it is sent."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from skylift.cli.views import words

if TYPE_CHECKING:
    from skylift.app.bundle import Bundle, Section


def show(console: Console, made: Bundle) -> None:
    """Print a line for each section, then where the archive is."""
    table = Table.grid(padding=(0, 2))
    for column in ("left", "left", "right", "left"):
        table.add_column(justify="right" if column == "right" else "left", no_wrap=True)
    for section in made.sections:
        table.add_row(*_row(section))
    console.print(table)
    console.print()
    console.print(Text.assemble((str(made.path), "bold"), f"  ({words.size(made.size)}, readable by you alone)"))
    console.print("Passwords, tokens and keys in it are masked. Look into it before you send it:")
    console.print(Text(f"  tar -xzf {shlex.quote(str(made.path))}", "green"), soft_wrap=True)


def _row(section: Section) -> tuple[Text, str, str, Text]:
    name = Text.assemble(("! ", "bold yellow") if section.why else ("✓ ", "green"), section.name)
    if section.why:
        return name, "", "", Text(f"not there: {section.why.splitlines()[0]}", "yellow")
    if not section.files:
        return name, "none", "", Text()
    short = sum(bool(one.cut) for one in section.files)
    size = words.size(sum(one.size for one in section.files))
    cut = f"{words.count(short, 'file')} shortened" if short else ""
    return name, words.count(len(section.files), "file"), size, Text(cut, "dim")
