"""A change of settings before the question: the file's diff, what is lost, the plan; and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from skylift.cli.views import plan, words
from skylift.cli.views.summary import changes

if TYPE_CHECKING:
    from skylift.app.change import ChangeResult, Loss, Proposal
    from skylift.app.change_edits import Edit

STYLES = {"+": "green", "-": "red", "@": "cyan"}
SHOWN = 10


def show(console: Console, proposal: Proposal) -> None:
    """Print the whole proposal."""
    for line in (*file_lines(proposal.edit), *(line for loss in proposal.losses for line in loss_lines(loss))):
        console.print(line)
    plan.show(console, proposal.plan)


def file_lines(edit: Edit) -> list[Text]:
    """Return what happens to the file: a diff, or the names of the passwords that get new values."""
    path = edit.folder / edit.file
    if edit.names:
        lines = [Text(f"New values in {path}", "bold")]
        return [*lines, *(Text.assemble("  ", ("~", "yellow"), f" {name}") for name in edit.names)]
    if not edit.diff:
        return [Text(f"{path} says so already.", "dim")]
    return [Text(str(path), "bold")] + [Text(f"  {line}", STYLES.get(line[:1], "")) for line in edit.diff[2:]]


def loss_lines(loss: Loss) -> list[Text]:
    """Return what goes with a service, or is kept for its return."""
    style = "red" if loss.erase else "yellow"
    lines = [Text(f"{loss.service} goes off" + (", and all its data with it" if loss.erase else ""), f"bold {style}")]
    for holding in loss.holdings[:SHOWN]:
        lines.append(Text(f"  {holding.kind:<14} {holding.name}  ({holding.project}, {holding.detail})", style))
    if len(loss.holdings) > SHOWN:
        lines.append(Text(f"  and {len(loss.holdings) - SHOWN} more", style))
    if loss.unknown:
        lines.append(Text(f"  what users have in it could not be listed: {loss.unknown}", style))
    elif not loss.holdings:
        lines.append(Text("  no user has anything in it"))
    data = [*(f"database {name}" for name in loss.databases), *(f"volume {name}" for name in loss.volumes)]
    if loss.erase:
        lines += [Text(f"  {', '.join(data)}", style)] if data else []
        return lines
    if loss.told and (loss.holdings or loss.unknown):
        lines.append(Text(f"  {loss.told}", style))
    if data:
        kept = f"  Kept: {', '.join(data)} (skylift disable {loss.service} --delete-data removes it)"
        lines.append(Text(kept, "green"))
    return lines


def result_lines(edit: Edit, result: ChangeResult) -> list[Text]:
    """Return the last lines: what became of file and cloud."""
    lines = [Text(f"{edit.folder / edit.file} is written.", "green")] if result.written else []
    if not result.deployed:
        return [*lines, Text("There is no cloud yet: skylift up", "bold")]
    if result.changed or not result.written:
        return [*lines, changes(result.changed)]
    return [*lines, Text(f"Nothing of the cloud had to change: {words.count(0, 'operation')}.", "bold green")]
