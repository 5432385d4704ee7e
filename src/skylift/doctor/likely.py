"""What looks like an error where no rule knows the text: the lines to begin with."""

from __future__ import annotations

import re
from collections.abc import Iterable

from skylift.doctor.lines import LONGEST, Line

FEW = 5
_LEVEL = re.compile(
    r"(?<![\w-])(?:CRITICAL|FATAL|EMERG|ERROR|panic|[Ff]atal error)(?![\w-])|\[(?:error|critical|ERR)\]"
)
_EXCEPTION = re.compile(
    r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Refused|Failure|Failed|NotFound|Timeout)(?::|$)"
)
_TRACE = "Traceback (most recent call last)"
_HEAD = re.compile(r"^.{0,120}?\b(?:ERROR|CRITICAL|TRACE)\b \S+ (?:\[[^\]]{0,200}\] ?)?")
"""What oslo.log writes before each line of a traceback."""
_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|req-\S+|\d+")
_WORST = ("CRITICAL", "FATAL", "EMERG", "panic")


def likely_errors(lines: Iterable[Line], limit: int = FEW) -> tuple[Line, ...]:
    """Return lines that most likely say what is wrong, the likeliest first: what tracebacks end with, then those whose
    level is critical, then error. Of lines that differ in numbers alone the last is returned.
    """
    found: dict[str, tuple[int, Line]] = {}
    inside = False
    for line in lines:
        text = line.text[:LONGEST]
        if _TRACE in text:
            inside = True
            continue
        words = _HEAD.sub("", text)
        if inside and (words.startswith((" ", "\t")) or not words.strip()):
            continue  # a frame
        ends = inside and _EXCEPTION.match(words) is not None
        level = _LEVEL.search(text)
        inside = False
        if ends or level is not None:
            rank = 0 if ends else 1 if level is not None and level[0] in _WORST else 2
            found[_CHANGING.sub("#", text)] = (rank, line)
    first = sorted(found.values(), key=lambda ranked: ranked[0])
    return tuple(line for _, line in first[:limit])
