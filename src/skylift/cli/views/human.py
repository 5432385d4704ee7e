"""A run on a terminal: finished work scrolls up, one line each; what runs and what waits stays below."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from skylift.cli.views import words
from skylift.cli.views.board import Board, Item, Phase
from skylift.model.event import Event, Notice, PhaseFinished, RunFinished

MARKS = {"ok": ("✓", "green"), "failed": ("✗", "bold red")}
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
RUNNING_ROWS, WAITING_ROWS, LABEL_WIDTH = 10, 4, 30


class HumanView:
    """A sink for a terminal. Use as a context manager; ``pause`` gives the terminal to a question."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic, *, motion: bool = True) -> None:
        self.console = console
        self.clock = clock
        self.board = Board()
        self._live = Live(
            console=console,
            get_renderable=self.below,
            refresh_per_second=6,
            transient=True,
            auto_refresh=motion,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._motion = motion

    def __enter__(self) -> Self:
        if self._motion:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Take the moving part off the screen while a question is asked."""
        self._live.stop()
        try:
            yield
        finally:
            if self._motion:
                self._live.start()

    def __call__(self, event: Event) -> None:
        """Take an event: print what it finished."""
        item = self.board.take(event, self.clock())
        if isinstance(event, PhaseFinished | RunFinished):
            for line in held_lines(*self.board.held()):
                self._print(line)
        if isinstance(event, PhaseFinished):
            self._print(phase_line(event, failed=self.board.last_failed))
        elif isinstance(event, Notice):
            self._print(notice_line(event))
        elif item is not None:
            self._print(item_line(item))

    def _print(self, line: Text) -> None:
        # The console forgets what a text says of its own folding.
        self.console.print(line, no_wrap=line.no_wrap, overflow=line.overflow)

    def below(self) -> RenderableType:
        """Return the moving part: phases with their bars, running items, waiting items."""
        now = self.clock()
        parts: list[RenderableType] = [_phase_row(phase, now) for phase in self.board.phases.values()]
        running = self.board.running()
        parts += [running_row(item, now) for item in running[:RUNNING_ROWS]]
        if len(running) > RUNNING_ROWS:
            parts.append(Text(f"    {len(running) - RUNNING_ROWS} more run", "dim"))
        waiting = list(self.board.waiting())
        parts += [_waiting_row(item, names) for item, names in waiting[:WAITING_ROWS]]
        if len(waiting) > WAITING_ROWS:
            parts.append(Text(f"    {len(waiting) - WAITING_ROWS} more wait", "dim"))
        return Group(*parts)


def item_line(item: Item) -> Text:
    """Return the line that stays for finished work: mark, kind, name, duration, and why when it is worth saying."""
    mark, style = MARKS[item.state]
    line = Text.assemble("  ", (mark, style), " ", (f"{item.kind:<10}", "dim"), item.name)
    taken = words.seconds(item.seconds)
    # A long name takes of the room before the duration, so that durations still end in one column.
    line.append(f" {taken:>{max(0, LABEL_WIDTH + 9 - len(item.name))}}", "dim")
    if item.state != "ok":
        line.append(f"  {item.detail or item.state}", style)
    elif note := remark(item):
        line.append(f"  {note}", "dim")
        line.no_wrap, line.overflow = True, "ellipsis"
    return line


def remark(item: Item) -> str:
    """Return why existing work was changed; nothing for what is simply new."""
    if "remove" in item.verbs and "create" in item.verbs:
        return f"made anew: {item.cause}"
    if "remove" in item.verbs:
        return f"removed: {item.cause}" if item.cause else "removed"
    if "stop" in item.verbs and "start" in item.verbs:
        return f"restarted: {item.cause}"
    if item.kind in ("proof", "image") or (item.kind == "resource" and item.detail):
        return item.detail
    return ""


def held_lines(blocked: list[str], skipped: list[str]) -> list[Text]:
    """Return a line for what a failure blocked and one for what an interruption left out."""
    lines = []
    if blocked:
        lines.append(
            Text(f"  ■ {len(blocked)} not begun, for what they need failed: {words.some(blocked, 5)}", "yellow")
        )
    if skipped:
        lines.append(Text(f"  - {len(skipped)} left for the next run: {words.some(skipped, 5)}", "yellow"))
    return lines


def phase_line(event: PhaseFinished, *, failed: bool) -> Text:
    """Return the line that closes a phase."""
    mark = ("✗ ", "bold red") if failed else ("● ", "cyan")
    line = Text.assemble(mark, (f"{event.phase:<{LABEL_WIDTH + 12}}", "bold"))
    line.append(f"{words.seconds(event.seconds):>10}", "cyan")
    if event.detail:
        line.append(f"  {event.detail}")
    return line


def notice_line(event: Notice) -> Text:
    """Return a notice; warnings stand out."""
    mark, style = ("!", "yellow") if event.level == "warning" else ("i", "blue")
    where = f"{event.where}: " if event.where else ""
    return Text.assemble("  ", (mark, style), " ", where, event.text)


def running_row(item: Item, now: float) -> Text:
    """Return the row of a running item: spinner, name, what it does, since when, news or what it waits for."""
    elapsed = max(0.0, now - item.since)
    step = next(iter(item.running), "")
    action = step.split(":", 1)[0]
    doing = words.verb(action) if item.kind in ("container", "job") and "." in action else ""
    row = Text.assemble(
        "  ",
        (SPINNER[int(elapsed * 6) % len(SPINNER)], "cyan"),
        " ",
        (f"{item.kind:<10}", "dim"),
        f"{item.name:<{LABEL_WIDTH}} ",
    )
    row.append(f"{doing:<7}", "dim").append(f"{words.seconds(elapsed):>7}", "cyan")
    if item.waiting_for:
        row.append(f"  waits for {item.waiting_for}", "dim")
    elif item.news:
        row.append(f"  {item.news}", "dim")
    row.no_wrap = True
    row.overflow = "ellipsis"
    return row


def _waiting_row(item: Item, names: list[str]) -> Text:
    row = Text.assemble(
        ("  · ", "dim"),
        (f"{item.kind:<10}", "dim"),
        f"{item.name:<{LABEL_WIDTH}} ",
        (f"waits for {words.some(names)}", "dim"),
    )
    row.no_wrap = True
    row.overflow = "ellipsis"
    return row


def _phase_row(phase: Phase, now: float) -> RenderableType:
    row = Table.grid(padding=(0, 1))
    cells: list[RenderableType] = [Text("●", "cyan"), Text(phase.name, "bold")]
    if phase.total:
        cells += [ProgressBar(phase.total, min(phase.done, phase.total), width=30), Text(f"{phase.done}/{phase.total}")]
    row.add_row(*cells, Text(words.seconds(now - phase.since), "cyan"))
    return row
