"""A run as one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from skylift.app.history import Entry
from skylift.app.timeline import Bar, Timeline
from skylift.cli.views import words
from skylift.cli.views.timeline_svg import LEGEND, draw

NUMBER = 15
STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --dim: #667; --paper: #fbfbfa; --card: #fff; --edge: #ddd;
  --good: #23783a; --bad: #b00020; --odd: #946200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --dim: #99a; --paper: #16181b; --card: #1f2226;
  --edge: #34383d; --good: #6cc283; --bad: #ff7a85; --odd: #e0b050; } }
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 84rem; padding: 0 1rem; font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif;
  color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
.ok { color: var(--good); } .failed { color: var(--bad); } .interrupted, .cut-off, .running { color: var(--odd); }
.dim { color: var(--dim); } .chart { overflow-x: auto; background: #fff;
  border: 1px solid var(--edge); border-radius: 6px; }
.chart svg { display: block; border-radius: 6px; }
table { border-collapse: collapse; min-width: 34rem; background: var(--card); }
td, th { padding: .25rem .7rem; border-bottom: 1px solid var(--edge); text-align: left; vertical-align: top; }
th { font-weight: 600; } td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
pre { background: var(--card); border: 1px solid var(--edge); border-left: 3px solid var(--bad); padding: .7rem 1rem;
  overflow-x: auto; white-space: pre-wrap; border-radius: 4px; }
code { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; } details { margin-top: 2rem; }
summary { cursor: pointer; font-weight: 600; }
"""


def page(entry: Entry, line: Timeline, plan: Mapping[str, Any] | None, settings: Mapping[str, str]) -> str:
    """Return the page. ``plan`` and ``settings`` are what the run kept of them."""
    run = entry.run
    title = f"skylift {run.verb} {run.id}"
    body = [
        f'<h1>{escape(title)} <span class="{run.outcome}">{escape(run.outcome)}</span></h1>',
        f"<p>{escape(_facts(entry))}<br>{escape(' · '.join(entry.changes))}</p>",
        *_failures(entry, line),
    ]
    if line.rows or line.phases:
        drawn = draw(line, f"{title}: {words.seconds(line.length)}")
        body += ["<h2>Timeline</h2>", f'<div class="chart">{drawn}</div>']
        body += ["<h2>Phases</h2>", *_table(("phase", "at", "took"), _phases(line))]
    if line.chain:
        share = f"{words.seconds(line.chain_seconds)}, {line.chain_share:.0%} of the run"
        body += [f'<h2>Critical path <span class="dim">{share}</span></h2>', *_table(_HEAD, map(_step, line.chain))]
    if line.bars:
        body += ["<h2>Slowest steps</h2>", *_table(_HEAD, map(_step, line.slowest[:NUMBER]))]
    if plan and plan.get("operations"):
        rows = ((one["service"], one["action"], words.short(one["target"]), one["cause"]) for one in plan["operations"])
        body += _folded("Plan", _table(("service", "action", "target", "cause"), rows))
    if settings:
        body += _folded("Settings that were set", _table(("key", "value"), settings.items()))
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n<body>\n'
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


_HEAD = ("step", "on", "at", "took", "state")


def _facts(entry: Entry) -> str:
    run = entry.run
    when = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(run.started))
    took = "" if run.seconds is None else f", {words.seconds(run.seconds)}"
    return (
        f"{when}{took}, by {run.user} on {run.host}; cloud {run.cloud}, OpenStack {run.release}, Skylift {run.version}"
    )


def _phases(line: Timeline) -> Iterator[tuple[str, ...]]:
    for name, begin, end in line.phases:
        yield name, words.seconds(begin), words.seconds(end - begin)


def _step(bar: Bar) -> tuple[str, ...]:
    return LEGEND.get(bar.verb, bar.verb), bar.name, words.seconds(bar.begin), words.seconds(bar.seconds), bar.state


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th{_kind(cell)}>{escape(cell)}</th>" for cell in head) + "</tr>"
    for row in rows:
        cells = (f"<td{_kind(name)}>{escape(str(cell))}</td>" for name, cell in zip(head, row, strict=True))
        yield "<tr>" + "".join(cells) + "</tr>"
    yield "</table>"


def _kind(column: str) -> str:
    return ' class="n"' if column in ("at", "took") else ""


def _folded(title: str, lines: Iterable[str]) -> list[str]:
    return [f"<details><summary>{escape(title)}</summary>", *lines, "</details>"]


def _failures(entry: Entry, line: Timeline) -> Iterator[str]:
    own = entry.run.problem
    if line.failed or own:
        yield '<h2 class="failed">Failed</h2>'
    told = set()
    for bar in line.failed:
        does, on, begin, _, _ = _step(bar)
        yield f"<p><b>{escape(on)}</b> {escape(does)}, at {begin}</p>"
        if bar.problem:
            told.add(bar.problem.get("detail", ""))
        yield f"<pre>{escape(_evidence(bar.problem) if bar.problem else bar.detail or bar.state)}</pre>"
    for problem in (own.get("problems") or [own]) if own else ():
        if problem.get("detail", "") not in told:
            yield f"<pre>{escape(_evidence(problem))}</pre>"
    for steps, what in (
        (line.blocked, "not begun, for what they need failed"),
        (line.skipped, "left for the next run"),
    ):
        if steps:
            yield f"<p>{len(steps)} {what}: {escape(', '.join(steps))}</p>"


def _evidence(problem: Mapping[str, Any]) -> str:
    parts = [problem.get("summary", ""), problem.get("where", ""), problem.get("detail", "")]
    fix = f"fix: {problem['fix']}" if problem.get("fix") else ""
    return "\n".join(str(part) for part in (*parts, fix) if part)
