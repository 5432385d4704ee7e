"""One run: what it was, how it ended, its timeline, and what failed with the evidence."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from skylift.app.history import Entry
from skylift.app.timeline import Bar, Timeline
from skylift.cli.views import problems, timeline, words
from skylift.cli.views.history import OUTCOMES, ago, day_of, ending, taken
from skylift.cli.views.timeline import does, heading
from skylift.model.problem import Problem

PAGE_WIDTH = 100
"""Columns of a chart where there is no terminal to fit."""
WIDEST = 160
"""Columns: wider charts leave labels and bars too far apart to be read together."""


def show(console: Console, entry: Entry, line: Timeline, now: float, *, everything: bool = False) -> None:
    """Print a run."""
    width = min(console.width, WIDEST) if console.is_terminal else PAGE_WIDTH
    for part in parts(entry, line, width, now, everything=everything):
        console.print(part)


def parts(
    entry: Entry, line: Timeline, width: int, now: float, *, everything: bool = False
) -> Iterator[RenderableType]:
    """Yield what is shown of a run, from top to bottom."""
    yield from head(entry, now)
    if line.rows or line.phases:
        yield ""
        yield from timeline.chart(line, width, everything=everything)
        yield from timeline.slowest(line, width)
        yield from timeline.critical_path(line, width)
    yield from failures(entry, line)


def head(entry: Entry, now: float) -> Iterator[RenderableType]:
    """Yield the lines that say which run it is."""
    run = entry.run
    mark, style = OUTCOMES[run.outcome]
    yield Text.assemble(
        (f"{mark} ", style),
        (f"skylift {run.verb}", "bold"),
        f"  {run.id}  ",
        f"{taken(run)}  " if run.seconds is not None else "",
        (ending(run), style),
    )
    clock = time.strftime("%H:%M:%S", time.localtime(run.started))
    when = f"{day_of(run.started, now)} {clock} ({ago(run.started, now)})"
    what = f"by {run.user} on {run.host}; cloud {run.cloud}, OpenStack {run.release}, Skylift {run.version}"
    yield Padding(Text(f"{when}, {what}", "dim"), (0, 0, 0, 2), expand=False)
    if entry.changes:
        yield Padding(Text(" · ".join(entry.changes)), (0, 0, 0, 2), expand=False)


def failures(entry: Entry, line: Timeline) -> Iterator[RenderableType]:
    """Yield each failed step with its evidence, what it held up, and what the run as a whole died of."""
    told = set()
    if line.failed:
        yield heading("Failed")
    for bar in line.failed:
        yield Text.assemble(
            ("  ✗ ", "bold red"),
            (bar.name, "bold"),
            f" {does(bar)}",
            (f"   at {words.seconds(bar.begin)}, after {words.seconds(bar.seconds)}", "dim"),
        )
        if bar.problem:
            told.add(bar.problem.get("detail", ""))
            yield Padding(problems.render(problem_of(bar.problem)), (0, 0, 0, 4), expand=False)
        elif bar.detail:
            yield Padding(Text(bar.detail), (0, 0, 0, 4), expand=False)
    if line.blocked:
        yield Text(f"  ■ {len(line.blocked)} not begun, for what they need failed: {_names(line.blocked)}", "yellow")
    if line.skipped:
        yield Text(f"  - {len(line.skipped)} left for the next run: {_names(line.skipped)}", "yellow")
    unfinished = [bar for bar in line.bars if bar.state == "running"]
    if unfinished and entry.run.outcome != "running":
        yield Text(f"  ✂ cut off while it ran: {_bars(unfinished)}", "yellow")
    for problem in _own(entry.run.problem):
        if problem.get("detail", "") not in told or not told:
            yield Text("")
            yield problems.render(problem_of(problem))


def problem_of(value: Mapping[str, Any]) -> Problem:
    """Return the Problem of its JSON form."""
    return Problem(**{key: str(value.get(key, "")) for key in ("code", "summary", "detail", "fix", "where")})


def _own(problem: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return list(problem.get("problems") or [problem]) if problem else []


def _names(steps: tuple[str, ...]) -> str:
    return words.some(dict.fromkeys(words.short(step.partition(":")[2] or step) for step in steps), 5)


def _bars(bars: list[Bar]) -> str:
    return words.some((f"{bar.name} ({does(bar)})" for bar in bars), 5)
