"""What files lose and get, below the containers that have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from skylift.cli.views import words
from skylift.model.plan import Change, FileChange

SHOWN = 24
"""Lines of a diff that are shown unless all are asked for."""

LONGEST = 400
"""Letters of a line that are shown: some files are one line."""

STYLES = {"+": "green", "-": "red", "@": "cyan"}


def lines(changes: Iterable[Change], *, full: bool = False) -> Iterator[Text]:
    """Yield the diffs of the files of ``changes``, each once, with the containers that have it where not all have."""
    changes = list(changes)
    owners: dict[FileChange, list[str]] = {}
    for change in changes:
        for diff in change.diffs:
            if diff.lines:
                owners.setdefault(diff, []).append(words.short(change.target))
    for diff, names in owners.items():
        whose = "" if len(names) == len(changes) else f" in {words.some(names, 3)}"
        yield Text(f"      {diff.name}{whose}", "bold dim")
        shown = diff.lines if full else diff.lines[:SHOWN]
        for line in shown:
            cut = line if full or len(line) <= LONGEST else line[:LONGEST] + "…"
            yield Text(f"        {cut}", STYLES.get(line[:1], "dim"))
        if len(shown) < len(diff.lines):
            yield Text(f"        … {words.count(len(diff.lines) - len(shown), 'line')} more: --full", "dim")
