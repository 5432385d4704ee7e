"""What differs between two runs, as a person reads it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from skylift.app.compare_runs import Change, Comparison, FileChange
from skylift.cli.views import words
from skylift.cli.views.history import day_of
from skylift.journal import RunSummary

CONFIG_FILES = "/var/lib/kolla/config_files/"
"""Where a container of the Kolla contract finds what was rendered for it; all have them there."""
SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


def show(console: Console, found: Comparison, now: float) -> None:
    """Print the comparison; ``now`` in epoch seconds."""
    for part in parts(found, now):
        console.print(part)


def parts(found: Comparison, now: float) -> Iterator[RenderableType]:
    """Yield what is shown, from top to bottom."""
    yield Text.assemble(("- ", "red"), *_run(found.old, now))
    yield Text.assemble(("+ ", "green"), *_run(found.new, now))
    for why in found.unknown:
        yield Text(f"  ! {why}", "yellow")
    if found.same:
        yield Text("\nNo difference is recorded." if found.unknown else "\nThere is no difference.", "green")
        return
    yield from _section("Versions", found.versions)
    yield from _section("Settings", found.settings)
    yield from _section("Services", found.services)
    yield from files("Your files", found.written)
    yield from _section("Images", found.images)
    yield from _section("Networks", found.networks)
    yield from _section("Containers", _shortened(found.containers))
    yield from files("Rendered files", found.rendered)


def _run(run: RunSummary, now: float) -> Iterable[str | tuple[str, str]]:
    clock = time.strftime("%H:%M:%S", time.localtime(run.started))
    yield (run.id, "bold")
    yield f"  {run.verb}  {day_of(run.started, now)} {clock}  "
    yield (f"by {run.user}, cloud {run.cloud}, {run.outcome}", "dim")


def _section(title: str, changes: Iterable[Change]) -> Iterator[RenderableType]:
    listed = list(changes)
    if not listed:
        return
    yield Text(f"\n{title}", "bold")
    width = min(max(len(change.key) for change in listed), 40)
    for change in listed:
        state = "added" if change.old is None else "removed" if change.new is None else "changed"
        line = Text.assemble(SIGNS[state], f" {change.key:<{width}}  ")
        if state == "changed":
            line.append(_value(change.old), "red").append(" → ", "dim").append(_value(change.new), "green")
        else:
            line.append(_value(change.new if change.old is None else change.old), SIGNS[state][1])
        yield Padding(line, (0, 0, 0, 2), expand=False)


def files(title: str, changes: Iterable[FileChange]) -> Iterator[RenderableType]:
    """Yield each file that differs, with its diff."""
    for number, change in enumerate(changes):
        if number == 0:
            yield Text(f"\n{title}", "bold")
        where = f"  in {words.some(change.containers, 4)}" if change.containers else ""
        path = change.path.removeprefix(CONFIG_FILES)
        yield Text.assemble("  ", SIGNS[change.state], " ", (path, "bold"), (where, "dim"))
        # The first two lines only repeat the name.
        lines = change.diff[2:] if change.diff[0].startswith("---") else change.diff
        yield from (_coloured(line) for line in lines)


def _coloured(line: str) -> Text:
    style = {"+": "green", "-": "red", "@": "cyan", "(": "yellow"}.get(line[:1], "")
    return Text(f"    {line}".rstrip(), style)


def _shortened(changes: Iterable[Change]) -> Iterator[Change]:
    for change in changes:
        yield Change(words.short(change.key), change.old, change.new)


def _value(value: str | None) -> str:
    return value or "(empty)"
