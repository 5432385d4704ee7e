"""A run's timeline in a terminal: a chart with a row a target, the critical path in full height, and lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from skylift.app.timeline import Bar, Row, Timeline
from skylift.cli.views import words
from skylift.cli.views.timeline_svg import COLOURS, FAILED, LEGEND, at, colour, ticks

MANY = 36
"""Rows: beyond, those that matter little are left out of a chart unless all are asked for."""
LITTLE = 0.01
"""Part of the run's length below which a row off the critical path matters little."""
PHASE = "grey58"
SECONDS = 11
THIN, FULL = ("━", "╸", "╺"), ("█", "▌", "▐")
"""A whole cell, its left half, its right half."""


def chart(timeline: Timeline, width: int, *, everything: bool = False) -> Iterator[Text]:
    """Yield the lines of the chart, ``width`` columns wide."""
    rows = timeline.rows if everything else worth_showing(timeline)
    labels = [name for name, _, _ in timeline.phases] + [row.label for row in rows]
    left = max(8, min(max(map(len, labels), default=0), 30, width // 3))
    columns = max(10, width - left - SECONDS - 2)
    chain = {bar.step for bar in timeline.chain}
    for name, begin, end in timeline.phases:
        cells = _cells([(begin, end, PHASE, False)], timeline.length, columns)
        yield _line(Text(_fit(name, left), "bold"), cells, end - begin)
    yield _axis(timeline.length, left, columns)
    for row in rows:
        style = "bold red" if row.failed else "bold" if any(bar.step in chain for bar in row.bars) else ""
        yield _line(Text(_fit(row.label, left), style), _cells(_spans(row, chain), timeline.length, columns), row.busy)
    if len(rows) < len(timeline.rows):
        rest = len(timeline.rows) - len(rows)
        yield Text(f"{'':>{left}} {rest} rows of less than {words.seconds(timeline.length * LITTLE)}: --all", "dim")
    yield from legend(timeline, left, width)


def worth_showing(timeline: Timeline) -> list[Row]:
    """Return the rows of a chart that is not too long to be read: long ones, the critical path, and failures."""
    if len(timeline.rows) <= MANY:
        return timeline.rows
    chain = {bar.step for bar in timeline.chain}
    return [
        row
        for row in timeline.rows
        if row.busy >= timeline.length * LITTLE or row.failed or any(bar.step in chain for bar in row.bars)
    ]


def legend(timeline: Timeline, left: int, width: int) -> Iterator[Text]:
    """Yield what the colours mean, of those that occur, in lines that fit."""
    verbs = {bar.verb for bar in timeline.bars}
    entries = [("━━", COLOURS[verb], label) for verb, label in LEGEND.items() if verb in verbs]
    entries += [("━━", FAILED, "failed")] if timeline.failed else []
    entries += [("██", "dim", "critical path")] if timeline.chain else []
    line = Text()
    for sign, style, label in entries:
        entry = Text.assemble((sign, style), (f" {label}", "dim"))
        if line and left + 4 + len(line) + len(entry) > width:
            yield Text(" " * (left + 1)).append_text(line)
            line = Text()
        line.append("   " if line else "").append_text(entry)
    yield Text(" " * (left + 1)).append_text(line)


def slowest(timeline: Timeline, width: int, number: int = 5) -> Iterator[Text]:
    """Yield the slowest steps."""
    found = [bar for bar in timeline.slowest[:number] if bar.seconds >= 0.05]
    if found:
        yield heading("Slowest steps")
        yield from _steps(found, timeline, width)


def critical_path(timeline: Timeline, width: int) -> Iterator[Text]:
    """Yield the critical path with its share; steps of no duration are left out."""
    if not timeline.chain:
        return
    share = round(timeline.chain_share * 100)
    yield heading(
        "Critical path",
        f"{words.seconds(timeline.chain_seconds)} of {words.seconds(timeline.length)}, {share} % of the run",
    )
    yield from _steps([bar for bar in timeline.chain if bar.seconds >= 0.05], timeline, width)


def heading(text: str, more: str = "") -> Text:
    """Return the title of a part."""
    return Text.assemble("\n", (text, "bold"), (f"   {more}" if more else "", "dim"))


def does(bar: Bar) -> str:
    """Return what a step does, in a word: ``until ready``."""
    return LEGEND.get(bar.verb, bar.verb)


def _steps(bars: Iterable[Bar], timeline: Timeline, width: int) -> Iterator[Text]:
    longest = max((bar.seconds for bar in bars), default=0.0)
    room = max(4, min(40, width - 68))
    for bar in bars:
        size = max(1, round(bar.seconds / longest * room)) if longest else 0
        fill = FAILED if bar.state == "failed" else colour(bar.verb)
        text = Text.assemble(
            f"  {words.seconds(bar.seconds):>9}  ",
            (f"{does(bar):<12}", "dim"),
            f"{_cut(bar.name, 30):<30}  ",
            ("━" * size, fill),
        )
        if bar.state not in ("ok", "running"):
            text.append(f" {bar.state}", "bold red" if bar.state == "failed" else "yellow")
        yield text


Span = tuple[float, float, str, bool]
"""Begin, end, colour, and whether it fills the whole height."""


def _spans(row: Row, chain: set[str]) -> list[Span]:
    """Return a row's bars in the order in which they are painted: what must be seen comes last."""
    bars = sorted(row.bars, key=lambda bar: (bar.state == "failed", bar.step in chain, bar.seconds))
    return [
        (bar.begin, bar.end, FAILED if bar.state == "failed" else colour(bar.verb), bar.step in chain) for bar in bars
    ]


def _cells(spans: Iterable[Span], length: float, columns: int) -> Text:
    """Return the bars as text of ``columns`` cells; each cell has two halves, which doubles the resolution."""
    halves: list[tuple[str, bool] | None] = [None] * (2 * columns)
    scale = 2 * columns / max(length, 0.001)
    for begin, end, fill, full in spans:
        first = min(round(begin * scale), 2 * columns - 1)
        for place in range(first, max(first + 1, min(round(end * scale), 2 * columns))):
            halves[place] = (fill, full)
    text = Text()
    for one, two in zip(halves[::2], halves[1::2], strict=True):
        text.append(*_cell(one, two))
    return text


def _cell(one: tuple[str, bool] | None, two: tuple[str, bool] | None) -> tuple[str, str]:
    """Return the sign and style of a cell with these halves."""
    match one, two:
        case None, None:
            return " ", ""
        case (fill, full), None:
            return (FULL if full else THIN)[1], fill
        case None, (fill, full):
            return (FULL if full else THIN)[2], fill
        case (fill, True), (other, True) if fill != other:
            return FULL[1], f"{fill} on {other}"
        case (fill, full), (other, higher):
            return (FULL if full or higher else THIN)[0], other if higher and not full else fill
    return " ", ""


def _axis(length: float, left: int, columns: int) -> Text:
    line = [" "] * (columns + SECONDS)
    for moment in ticks(length, max(2, columns // 11)):
        place, name = round(moment / max(length, 0.001) * columns), f"╷{at(moment, length)}"
        if place + len(name) <= len(line):
            line[place : place + len(name)] = name
    return Text(" " * (left + 1) + "".join(line).rstrip(), "dim")


def _line(label: Text, cells: Text, seconds: float) -> Text:
    cells.rstrip()
    return Text.assemble(label, " ", cells, (f" {words.seconds(seconds)}" if seconds >= 0.05 else "", "dim"))


def _fit(text: str, width: int) -> str:
    return f"{_cut(text, width):>{width}}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
