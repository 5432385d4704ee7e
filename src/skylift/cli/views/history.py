"""The list of runs: by day, one line a run, with what it changed and how it ended."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from skylift.app.history import Entry, History
from skylift.cli.views import words
from skylift.journal import RunSummary

OUTCOMES = {
    "ok": ("✓", "green"), "failed": ("✗", "bold red"), "interrupted": ("■", "yellow"), "running": ("▶", "cyan"),
    "cut-off": ("✂", "yellow"),
}  # fmt: skip
WIDE = 100
"""Columns: with fewer, what changed has a line of its own."""


def show(console: Console, found: History, cloud: str | None, now: float) -> None:
    """Print the list; ``now`` in epoch seconds."""
    if not found.total:
        console.print(nothing(found, cloud))
        return
    wide = console.width >= WIDE
    several = cloud is None and len(found.clouds) > 1
    width = max(max((len(entry.run.verb) for entry in found.entries), default=0), 4)
    cloud_width = max((len(entry.run.cloud) for entry in found.entries), default=0) if several else 0
    day = ""
    for entry in found.entries:
        if (new := day_of(entry.run.started, now)) != day:
            day = new
            console.print(Text(day, "bold"))
        for line in _lines(entry, now, width=width, cloud_width=cloud_width, wide=wide):
            console.print(line, no_wrap=wide, overflow="ellipsis")
    rest = found.total - len(found.entries)
    if rest > 0:
        console.print(Text(f"{rest} older: skylift history --limit {found.total}", "dim"))


def nothing(found: History, cloud: str | None) -> Text:
    """Return what is said of an empty list."""
    if cloud is not None and found.clouds:
        return Text(f"No run of cloud {cloud} is recorded. The journal has runs of {', '.join(found.clouds)}.")
    return Text.assemble("No run is recorded yet. The first one is made by  ", ("skylift up", "bold"))


def _lines(entry: Entry, now: float, *, width: int, cloud_width: int, wide: bool) -> Iterator[RenderableType]:
    run = entry.run
    mark, style = OUTCOMES[run.outcome]
    head = Text.assemble(
        "  ",
        (mark, style),
        " ",
        (run.id, "bold"),
        f"  {run.verb:<{width}}  {time.strftime('%H:%M', time.localtime(run.started))}",
        (f"  {ago(run.started, now):<11}", "dim"),
        f"{taken(run):>11}",
        (f"  {run.user:<6}", "dim"),
    )
    if cloud_width:
        head.append(f"  {run.cloud:<{cloud_width}}", "cyan")
    tail = _tail(entry)
    if wide:
        yield head.append("  ").append_text(tail) if tail else head
        return
    yield head
    if tail:
        yield Padding(tail, (0, 0, 0, 4), expand=False)


def _tail(entry: Entry) -> Text:
    text = Text(" · ".join(entry.changes), "dim")
    if entry.run.outcome != "ok":
        said = Text(ending(entry.run), OUTCOMES[entry.run.outcome][1])
        return said.append("  ").append_text(text) if text else said
    return text


def ending(run: RunSummary) -> str:
    """Return how a run ended: ``ok``, or what is known of why it did not end well."""
    if run.outcome == "failed" and run.problem:
        where = f" ({run.problem['where']})" if run.problem.get("where") else ""
        several = run.problem.get("problems") or ()
        more = f", and {len(several) - 1} more" if len(several) > 1 else ""
        return f"{run.problem.get('summary', 'failed')}{where}{more}"
    return {"cut-off": "cut off", "running": "runs now"}.get(run.outcome, run.outcome)


def taken(run: RunSummary) -> str:
    """Return how long a run took, or nothing when that is not known."""
    return "" if run.seconds is None else words.seconds(run.seconds)


def ago(started: float, now: float) -> str:
    """Return how long ago a moment was: ``12 min ago``."""
    return f"{words.age(max(0.0, now - started))} ago"


def day_of(moment: float, now: float) -> str:
    """Return the local day of a moment: ``Today``, ``Yesterday``, ``Tuesday 17 November``, or with its year."""
    then, today = time.localtime(moment), time.localtime(now)
    yesterday = time.localtime(now - 86400)
    for name, day in (("Today", today), ("Yesterday", yesterday)):
        if then[:3] == day[:3]:
            return name
    # By hand: strftime's names follow the locale, and all other words here are English.
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    months = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December")  # fmt: skip
    date = f"{week[then.tm_wday]} {then.tm_mday} {months[then.tm_mon - 1]}"
    return date if then.tm_year == today.tm_year else f"{date} {then.tm_year}"
