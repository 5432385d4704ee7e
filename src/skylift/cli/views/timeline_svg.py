"""A run's timeline as a picture: what ran when, what everything waited for, and where the time went."""

from __future__ import annotations

from html import escape

from skylift.app.timeline import Timeline
from skylift.cli.views import words

ROW, LEFT, WIDTH, TOP, RIGHT = 15, 230, 960, 58, 60
COLOURS = {
    "create": "#9ec5e8", "start": "#5b9bd5", "ready": "#2f6fab", "run": "#e0a030", "ensure": "#63a46c",
    "remove": "#d9776d", "stop": "#d9776d", "build": "#8d6cab", "name": "#b79ccb", "pull": "#8d6cab",
    "proof": "#3fa7a0", "reload": "#b5b04a", "": "#999999",
}  # fmt: skip
FAILED, CHAIN = "#b00020", "#c00000"
LEGEND = {"create": "create", "start": "start", "ready": "until ready", "run": "job", "ensure": "API", "proof": "proof",
          "build": "image", "remove": "remove"}  # fmt: skip
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)


def colour(verb: str) -> str:
    """Return the colour of a verb's bars, as ``#rrggbb``."""
    return COLOURS.get(verb, COLOURS[""])


def ticks(length: float, most: int) -> list[float]:
    """Return round moments from 0 to ``length`` seconds, at most ``most`` and one."""
    step = next((step for step in TICKS if length / step <= most), length)
    return [number * step for number in range(int(length / step + 1e-9) + 1)] if step else [0.0]


def at(moment: float, length: float) -> str:
    """Return a moment as the axis of a run of ``length`` seconds names it: ``0.5 s``, ``90 s``, ``2 min``."""
    return f"{moment / 60:g} min" if length >= 600 else f"{moment:g} s"


def draw(timeline: Timeline, title: str) -> str:
    """Return the timeline as SVG. It needs nothing but itself."""
    height = TOP + ROW * (len(timeline.rows) + len(timeline.phases)) + 44
    scale = WIDTH / max(timeline.length, 0.001)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{height}" '
        f'viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="10">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="12" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
        *_legend({bar.verb for bar in timeline.bars}),
    ]
    bottom = height - 30
    for second in ticks(timeline.length, 14):
        x = LEFT + second * scale
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}" stroke="#e4e4e4"/>')
        out.append(
            f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle" fill="#666">{at(second, timeline.length)}</text>'
        )
    y = TOP
    for name, begin, end in timeline.phases:
        out.append(_label(name, y, bold=True))
        out.append(_box(begin, end, y, "#d0d0d0", scale, f"{name}: {words.seconds(end - begin)}"))
        out.append(_time(end, y, end - begin, scale))
        y += ROW
    chain = {bar.step for bar in timeline.chain}
    for row in timeline.rows:
        out.append(_label(row.label, y))
        for bar in row.bars:
            fill = FAILED if bar.state == "failed" else colour(bar.verb)
            tip = f"{bar.step}: {words.seconds(bar.seconds)} {bar.state}"
            out.append(_box(bar.begin, bar.end, y, fill, scale, tip, outlined=bar.step in chain))
        out.append(_time(max(bar.end for bar in row.bars), y, row.busy, scale))
        y += ROW
    return "\n".join([*out, "</svg>\n"])


def _legend(verbs: set[str]) -> list[str]:
    out, x = [], LEFT
    for verb, label in LEGEND.items():
        if verb in verbs:
            out.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{COLOURS[verb]}"/>')
            out.append(f'<text x="{x + 14}" y="41">{label}</text>')
            x += 30 + 7 * len(label)
    out.append(f'<rect x="{x}" y="32" width="10" height="10" fill="none" stroke="{CHAIN}" stroke-width="1.5"/>')
    out.append(f'<text x="{x + 14}" y="41">on the critical path</text>')
    return out


def _label(text: str, y: int, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end"{weight}>{escape(text[:38])}</text>'


def _box(begin: float, end: float, y: int, colour: str, scale: float, tip: str, *, outlined: bool = False) -> str:
    width = max((end - begin) * scale, 0.8)
    edge = f' stroke="{CHAIN}" stroke-width="1.5"' if outlined else ""
    return (
        f'<rect x="{LEFT + begin * scale:.1f}" y="{y + 2}" width="{width:.1f}" height="{ROW - 4}" fill="{colour}"'
        f"{edge}>"
        f"<title>{escape(tip)}</title></rect>"
    )


def _time(end: float, y: int, seconds: float, scale: float) -> str:
    if seconds < 0.05:
        return ""
    return f'<text x="{LEFT + end * scale + 4:.1f}" y="{y + 11}" fill="#666">{seconds:.1f}</text>'
