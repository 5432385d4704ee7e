"""Make the README's pictures from a real run in the journal: the same views, fed with the recorded events.

    python scripts/picture.py [RUN] [--output docs/pictures]
    python scripts/picture.py --plan [--config DIR]

RUN is a run's id; without it the newest successful 'up' that deployed a whole cloud is taken.

Writes up.svg, the end of the run, and up-running.svg, the screen at its busiest moment; with --plan, plan.svg of what
would be done to the cloud that runs with the settings there are.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.text import Text

from skylift.cli.session import Quiet
from skylift.cli.views.history_replay import show_result
from skylift.cli.views.human import HumanView
from skylift.cli.views.plan import show
from skylift.journal import list_runs, read_run
from skylift.model.event import Event, PhaseFinished, RunResult, from_dict
from skylift.model.plan import Plan

WIDTH, HEAD, TAIL, SCROLLED = 108, 12, 46, 12
WHOLE = 100
"""Operations: with fewer a run changed a cloud that was there."""
Recorded = list[tuple[float, Event]]


class Screen(Console):
    """A console that keeps what scrolls by."""

    def __init__(self) -> None:
        super().__init__(file=io.StringIO(), width=WIDTH, highlight=False, force_terminal=True, record=True)
        self.kept: list[RenderableType] = []

    def print(self, *objects: object, **_: object) -> None:
        """Keep each line."""
        self.kept += [one if isinstance(one, Text) else Text(str(one)) for one in objects] or [Text("")]


def recorded(reference: str) -> tuple[str, Recorded]:
    """Return a run's verb and its events with their offsets in seconds. Raises Problem ``run-unknown``."""
    record = read_run(reference)
    events = [(one.offset, from_dict({"kind": one.kind, **one.fields})) for one in record.events]
    return record.summary.verb, [(at, event) for at, event in events if event is not None]


def deployments() -> list[str]:
    """Return the ids of runs of ``up`` whose proofs held, the newest first; whole deployments before others."""
    good = [run for run in list_runs() if run.verb == "up" and run.outcome == "ok"]
    proven = [run for run in good if run.counts.get("ok", 0) and not run.counts.get("failed", 0)]
    return [run.id for run in sorted(proven, key=lambda run: run.counts.get("ok", 0) < WHOLE)]


def play(events: Recorded, until: float = float("inf")) -> tuple[Screen, HumanView]:
    """Show the events up to a moment to a view."""
    screen, now = Screen(), 0.0
    view = HumanView(screen, lambda: now, motion=False)
    for at, event in events:
        if at > until:
            break
        now = at
        view(event)
    now = min(until, events[-1][0])
    return screen, view


def busiest(events: Recorded) -> float:
    """Return the moment when most containers were running their steps while others waited."""
    screen = Screen()
    now, best, most = 0.0, 0.0, -1
    view = HumanView(screen, lambda: now, motion=False)
    for at, event in events:
        if at - now > 0.5:  # long enough to be seen
            running, waiting = len(view.board.running()), len(list(view.board.waiting()))
            if waiting and running > most:
                best, most = (now + at) / 2, running
        now = at
        view(event)
    return best


def ending(events: Recorded) -> list[RenderableType]:
    """Return the lines of the whole run and its summary, the middle left out where it is long."""
    screen, _ = play(events)
    for _, event in events:
        if isinstance(event, RunResult):
            show_result(screen, event.values)
    if len(screen.kept) <= HEAD + TAIL + 1:
        return screen.kept
    left_out = len(screen.kept) - HEAD - TAIL
    return [*screen.kept[:HEAD], Text(f"  ⋮ {left_out} more lines like these", "dim"), *screen.kept[-TAIL:]]


def middle(events: Recorded, moment: float) -> list[RenderableType]:
    """Return the screen at a moment: the last lines that scrolled up, and what moves below them."""
    screen, view = play(events, moment)
    return [*screen.kept[-SCROLLED:], view.below()]


def save(lines: Sequence[RenderableType], path: Path, title: str, command: str) -> None:
    """Write the lines as a picture of a terminal."""
    console = Console(file=io.StringIO(), width=WIDTH, highlight=False, force_terminal=True, record=True)
    console.print(Group(Text.assemble(("$ ", "bold green"), command), *lines))
    drawn = console.export_svg(title=title, unique_id=path.stem)
    # The picture must not make its reader's browser fetch a font from elsewhere.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("Fira Code, monospace", "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawn)


async def planned(config: Path | None) -> Plan:
    """Return the plan for the settings in ``config``. Raises Problem for those that cannot be met."""
    from skylift.app.plan import make
    from skylift.app.workspace import Workspace

    async with Workspace.open(config) as workspace:
        return await make(workspace, Quiet())


def main(arguments: Sequence[str]) -> int:
    """Make both pictures of one run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", default="")
    parser.add_argument("--output", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--plan", action="store_true", help="draw a plan instead")
    parser.add_argument("--config", type=Path, help="folder of the settings of --plan")
    options = parser.parse_args(arguments)
    if options.plan:
        screen = Screen()
        show(screen, asyncio.run(planned(options.config)))
        save(screen.kept, options.output / "plan.svg", "Skylift", "skylift plan")
        return 0
    found = [options.run] if options.run else deployments()
    if not found:
        sys.stderr.write("no picture made: the journal of this machine has no successful 'up'\n")
        return 0
    verb, events = recorded(found[0])
    if not any(isinstance(event, PhaseFinished) for _, event in events):
        sys.stderr.write("this run has no finished phase to show\n")
        return 1
    moment = busiest(events)
    save(ending(events), options.output / "up.svg", "skylift", f"skylift {verb}")
    save(middle(events, moment), options.output / "up-running.svg", f"after {moment:.0f} s", f"skylift {verb}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
