"""What ``down`` takes away, before the question and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from skylift.cli.views import words

if TYPE_CHECKING:
    from skylift.app.down import Leaving

SHOWN = 10


def leaving_lines(leaving: Leaving) -> list[Text]:
    """Return the lines shown before the question: guests and volumes by name, the rest by number."""
    lines = [Text("This removes", "bold")]
    for holding in leaving.holdings[:SHOWN]:
        lines.append(Text(f"  {holding.kind:<12} {holding.name}  ({holding.project}, {holding.detail})", "red"))
    if len(leaving.holdings) > SHOWN:
        lines.append(Text(f"  and {len(leaving.holdings) - SHOWN} more of users", "red"))
    if leaving.unknown:
        lines.append(Text(f"  guests and volumes that could not be listed: {leaving.unknown}", "red"))
    elif not leaving.holdings:
        lines.append(Text("  no guest, volume or floating IP of a user"))
    lines.append(Text(f"  {words.count(leaving.containers, 'container')} with their networks"))
    if leaving.kept:
        lines.append(Text(f"and keeps {words.count(len(leaving.kept), 'engine volume')} with data", "green"))
    else:
        lines.append(Text("  all data: databases, images, disks of guests", "red"))
    return lines


def removed_line(removed: int) -> Text:
    """Return the last line."""
    if not removed:
        return Text("Nothing to do: there is no cloud on this engine.", "bold green")
    return Text(
        f"The cloud is gone: {words.count(removed, 'operation')} carried out. Images and the journal stay.",
        "bold green",
    )
