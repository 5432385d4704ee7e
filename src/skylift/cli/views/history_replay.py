"""A recorded run once more: its events go to the views of a live run, at their pace or at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from skylift.cli.console import output
from skylift.cli.session import View
from skylift.cli.views import proofs, summary
from skylift.journal import RunRecord
from skylift.model.event import Event, Notice, RunResult, from_dict
from skylift.model.proof import ProofResult, Report

ABOUT = 20.0
"""Seconds that a replay takes on a terminal unless told otherwise; a shorter run takes its own time."""


class Player:
    """Hands out a run's events, and is the clock of the view that takes them.

    ``speed``: times real time, 0 for all at once.
    """

    def __init__(
        self,
        record: RunRecord,
        speed: float,
        *,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.record = record
        self.speed = speed
        self.wall = record.summary.started
        self._ticks = ticks
        self._sleep = sleep
        self._at = 0.0
        self._since = ticks()

    def clock(self) -> float:
        """Return the seconds since the start of the run that the replay has come to."""
        moved = (self._ticks() - self._since) * self.speed
        return max(0.0, self._at + moved)

    def stamp(self) -> str:
        """Return the local time of day of the event that is shown."""
        return time.strftime("%H:%M:%S", time.localtime(self.wall))

    def play(self, view: View) -> list[Event]:
        """Show all events; return them."""
        played = []
        for one in self.record.events:
            event = _event({"kind": one.kind, **one.fields})
            if self.speed:
                self._sleep(max(0.0, one.offset - self.clock()) / self.speed)
            self._at, self._since, self.wall = one.offset, self._ticks(), one.wall
            if event is not None:
                view(event)
                played.append(event)
        if self.record.summary.outcome == "cut-off":
            view(Notice("the record ends here: this run was cut off", "warning"))
        elif self.record.summary.outcome == "running":
            view(Notice("this run is still going on", "info"))
        return played


def choose(player: Player, *, as_json: bool, watched: bool) -> View:
    """Return the view that a live run would have had, with the player's clock."""
    if as_json:
        from skylift.cli.views.json import JsonView

        view = JsonView(clock=player.clock)
        view.begun = 0.0
        return view
    if watched:
        from skylift.cli.views.human import HumanView

        return HumanView(output(), player.clock, motion=player.speed > 0)
    from skylift.cli.views.plain import PlainView

    return PlainView(stamp=player.stamp, clock=player.clock)


def compressed(length: float) -> float:
    """Return the speed at which a run of ``length`` seconds takes about as long as one likes to watch."""
    return max(1.0, length / ABOUT)


def result(console: Console, verb: str, events: list[Event]) -> None:
    """Print what ``up`` ends with."""
    for event in events:
        if isinstance(event, RunResult) and verb == "up":
            show_result(console, event.values)


def show_result(console: Console, values: Mapping[str, Any]) -> None:
    """Print the summary of a recorded ``run-result`` of ``up``."""
    found = values.get("report")
    report = Report(found["address"], tuple(ProofResult(**check) for check in found["checks"])) if found else None
    summary.show(
        console,
        changed=values["changed"],
        endpoints=values["endpoints"],
        credentials=Path(values["credentials"]),
        phases=values["phases"],
        report=report,
    )
    if report and not report.ok:
        console.print(proofs.verdict(report))


def _event(value: Mapping[str, Any]) -> Event | None:
    try:
        return from_dict(value)
    except TypeError:
        return None  # written by a version whose events had other fields
