"""A run where nobody watches a terminal: one line an event that matters, each with the time of day."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self, TextIO

from skylift.cli.views import words
from skylift.cli.views.board import Board, Item
from skylift.model.event import Event, Notice, PhaseFinished, PhaseStarted, RunFinished, StepStarted


def _time_of_day() -> str:
    return time.strftime("%H:%M:%S")


class PlainView:
    """A sink that writes lines. ``stamp`` gives the time of day, ``clock`` any steady seconds."""

    def __init__(
        self,
        stream: TextIO | None = None,
        stamp: Callable[[], str] = _time_of_day,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.stamp = stamp
        self.clock = clock
        self.board = Board()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Nothing moves here, so nothing need be taken away."""
        yield

    def __call__(self, event: Event) -> None:
        """Take an event: write what began or ended."""
        item = self.board.take(event, self.clock())
        if isinstance(event, PhaseFinished | RunFinished):
            blocked, skipped = self.board.held()
            if blocked:
                self._line(f"  not begun, for what they need failed: {', '.join(blocked)}")
            if skipped:
                self._line(f"  left for the next run: {', '.join(skipped)}")
        if isinstance(event, PhaseStarted):
            self._line(f"{event.phase}: begins" + (f", {words.count(event.total, 'step')}" if event.total else ""))
        elif isinstance(event, PhaseFinished):
            self._line(f"{event.phase}: done in {words.seconds(event.seconds)}" + _tail(event.detail))
        elif isinstance(event, Notice):
            where = f"{event.where}: " if event.where else ""
            self._line(f"{event.level}: {where}{event.text}")
        elif isinstance(event, StepStarted) and words.kind(event.action) == "image":
            # A build takes minutes: without this line a log stands still for as long.
            self._line(f"  image {event.target} begins")
        elif item is not None:
            self._line("  " + item_text(item))

    def _line(self, text: str) -> None:
        self.stream.write(f"{self.stamp()} {text}\n")
        self.stream.flush()


def item_text(item: Item) -> str:
    """Return a finished item as one line."""
    head = f"{item.kind} {item.name}: {item.state} in {words.seconds(item.seconds)}"
    if item.state != "ok":
        return head + _tail(item.detail)
    changed = len(item.verbs) > 1 and item.verbs[0] in ("remove", "stop")
    return head + _tail(item.cause if changed else item.detail if item.kind in ("proof", "image") else "")


def _tail(text: str) -> str:
    return f" ({text})" if text else ""
