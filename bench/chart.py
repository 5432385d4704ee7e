"""Draw a run as a Gantt chart (SVG): what ran when, what everything waited for, and where the time went.

    python bench/chart.py [RUN] [--output FILE]      RUN: an id of 'skylift history', or 'last'

The chain of operations that decided the length of the run is outlined.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from skylift.cli.views import words
from skylift.journal import read_run
from skylift.journal.record import RunRecord

ROW, LEFT, WIDTH, TOP, RIGHT = 15, 230, 960, 58, 60
COLOURS = {
    "create": "#9ec5e8", "start": "#5b9bd5", "ready": "#2f6fab", "run": "#e0a030", "ensure": "#63a46c",
    "remove": "#d9776d", "stop": "#d9776d", "build": "#8d6cab", "name": "#b79ccb", "proof": "#3fa7a0", "": "#999999",
}  # fmt: skip
LEGEND = {"create": "create", "start": "start", "ready": "until ready", "run": "job", "ensure": "API", "proof": "proof",
          "build": "image"}  # fmt: skip


@dataclass
class Bar:
    """One operation: begin and end in seconds since the start of the run."""

    step: str
    verb: str
    begin: float
    end: float
    state: str = "running"
    needs: frozenset[str] = frozenset()


@dataclass
class Row:
    """The operations on one target."""

    label: str
    bars: list[Bar] = field(default_factory=list)

    @property
    def begin(self) -> float:
        """When the first of its bars begins."""
        return min(bar.begin for bar in self.bars)

    @property
    def busy(self) -> float:
        """Seconds in which at least one of its bars ran."""
        total, reached = 0.0, 0.0
        for bar in sorted(self.bars, key=lambda bar: bar.begin):
            total += max(0.0, bar.end - max(bar.begin, reached))
            reached = max(reached, bar.end)
        return total


@dataclass
class Chart:
    """Rows in order of their beginning; phases with begin and end; the longest chain's step ids; length in seconds."""

    rows: list[Row]
    phases: list[tuple[str, float, float]]
    chain: list[str]
    length: float


def read(events: Iterable[Mapping[str, Any]]) -> Chart:
    """Return the chart of events as dictionaries with ``t``, their offset in seconds."""
    bars: dict[str, Bar] = {}
    rows: dict[str, Row] = {}
    needs: dict[str, frozenset[str]] = {}
    begun: dict[str, float] = {}
    phases: list[tuple[str, float, float]] = []
    now = 0.0
    for event in events:
        now = max(now, float(event["t"]))
        match event["kind"]:
            case "plan-made":
                needs |= {operation["id"]: frozenset(operation["needs"]) for operation in event["operations"]}
            case "phase-started":
                begun[event["phase"]] = now
            case "phase-finished" if event["phase"] in begun:
                phases.append((event["phase"], begun.pop(event["phase"]), now))
            case "step-started":
                action, step = event["action"], event["step"]
                bar = bars[step] = Bar(step, words.verb(action), now, now, needs=needs.get(step, frozenset()))
                key, label = _row(action, event["target"])
                rows.setdefault(key, Row(label)).bars.append(bar)
            case "step-finished" if event["step"] in bars:
                bars[event["step"]].end, bars[event["step"]].state = now, event["state"]
    for bar in bars.values():
        if bar.state == "running":
            bar.end = now
    phases += [(name, begin, now) for name, begin in begun.items()]
    return Chart(sorted(rows.values(), key=lambda row: row.begin), phases, longest_chain(bars), now)


def longest_chain(bars: Mapping[str, Bar]) -> list[str]:
    """Return the operations that decided when the planned work ended, first to last.

    From the last one to end, always back to what it had waited for longest.
    """
    planned = [bar for bar in bars.values() if bar.needs or any(bar.step in other.needs for other in bars.values())]
    if not planned:
        return []
    bar = sorted(planned, key=lambda bar: bar.end)[-1]  # of several at once the one that began last
    chain = [bar.step]
    while before := [bars[need] for need in bar.needs if need in bars]:
        bar = max(before, key=lambda bar: bar.end)
        chain.insert(0, bar.step)
    return chain


def _row(action: str, target: str) -> tuple[str, str]:
    if group := words.group(action):
        return action, group
    kind = "container" if action.startswith("job.") else words.kind(action)
    return f"{kind} {target}", words.short(target)


def draw(chart: Chart, title: str) -> str:
    """Return the chart as SVG."""
    height = TOP + ROW * (len(chart.rows) + len(chart.phases)) + 44
    scale = WIDTH / max(chart.length, 0.001)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{height}" '
        'font-family="DejaVu Sans, Verdana, sans-serif" font-size="10">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="12" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    x = LEFT
    for verb, label in LEGEND.items():
        out.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{COLOURS[verb]}"/>')
        out.append(f'<text x="{x + 14}" y="41">{label}</text>')
        x += 30 + 7 * len(label)
    out.append(f'<rect x="{x}" y="32" width="10" height="10" fill="none" stroke="#c00000" stroke-width="1.5"/>')
    out.append(f'<text x="{x + 14}" y="41">on the longest chain</text>')
    bottom = height - 30
    tick = next(
        step for step in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3600) if chart.length / step <= 14 or step == 3600
    )
    for second in range(0, int(chart.length) + 1, tick):
        at = LEFT + second * scale
        out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 4}" y2="{bottom}" stroke="#e4e4e4"/>')
        out.append(f'<text x="{at:.1f}" y="{bottom + 14}" text-anchor="middle" fill="#666">{second} s</text>')
    y = TOP
    for name, begin, end in chart.phases:
        out.append(_label(name, y, bold=True))
        out.append(_box(begin, end, y, "#d0d0d0", scale, f"{name}: {words.seconds(end - begin)}"))
        out.append(_time(end, y, end - begin, scale))
        y += ROW
    chain = set(chart.chain)
    for row in chart.rows:
        out.append(_label(row.label, y))
        for bar in row.bars:
            colour = "#b00020" if bar.state == "failed" else COLOURS.get(bar.verb, COLOURS[""])
            tip = f"{bar.step}: {words.seconds(bar.end - bar.begin)} {bar.state}"
            out.append(_box(bar.begin, bar.end, y, colour, scale, tip, outlined=bar.step in chain))
        last = max(row.bars, key=lambda bar: bar.end)
        out.append(_time(last.end, y, row.busy, scale))
        y += ROW
    return "\n".join([*out, "</svg>\n"])


def _label(text: str, y: int, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end"{weight}>{escape(text[:38])}</text>'


def _box(begin: float, end: float, y: int, colour: str, scale: float, tip: str, *, outlined: bool = False) -> str:
    width = max((end - begin) * scale, 0.8)
    edge = ' stroke="#c00000" stroke-width="1.5"' if outlined else ""
    return (
        f'<rect x="{LEFT + begin * scale:.1f}" y="{y + 2}" width="{width:.1f}" height="{ROW - 4}" fill="{colour}"'
        f"{edge}>"
        f"<title>{escape(tip)}</title></rect>"
    )


def _time(end: float, y: int, seconds: float, scale: float) -> str:
    if seconds < 0.05:
        return ""
    return f'<text x="{LEFT + end * scale + 4:.1f}" y="{y + 11}" fill="#666">{seconds:.1f}</text>'


def events_of(record: RunRecord) -> list[dict[str, Any]]:
    """Return a record's events in the form that :func:`read` takes."""
    return [{"t": event.offset, "kind": event.kind, **event.fields} for event in record.events]


def main(arguments: Sequence[str]) -> int:
    """Draw one run; print the path of the picture and the longest chain."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", default="last")
    parser.add_argument("--output", type=Path, default=Path("build/chart.svg"))
    options = parser.parse_args(arguments)
    record = read_run(options.run)
    chart = read(events_of(record))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(draw(chart, f"skylift {record.summary.verb}: {words.seconds(chart.length)}"))
    sys.stdout.write(f"{options.output}\n")
    for step in chart.chain:
        bar = next(bar for row in chart.rows for bar in row.bars if bar.step == step)
        sys.stdout.write(f"  {bar.begin:7.1f} s  {bar.end - bar.begin:6.1f} s  {step}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
