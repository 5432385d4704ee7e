"""The part of YAML in which passwords.yml and most globals.yml are written, read without a YAML library.

ruamel.yaml takes 0.1 s of processor time to import: a tenth of what ``skylift plan`` may take in all. Whatever is not
plainly ``name: word`` is left to it. A property test holds both readings to the same result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A key with its value, a text or a mapping of texts; places count from the start of the text, ``line`` from 1."""

    key: str
    value: str | dict[str, str]
    line: int
    start: int
    end: int
    key_end: int
    quoted: bool = False


_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# Letters that mean nothing to YAML wherever they stand; a value of these alone is text (or what looks like a number).
_WORD = r"[A-Za-z0-9][A-Za-z0-9_./+=@-]*"
_PAIR = re.compile(rf"({_NAME}):(?: +(?:({_WORD})|\"([A-Za-z0-9_./+: -]*)\"))?(?: +#[ -~]*)? *\Z")
_INNER = re.compile(rf"  ({_NAME}): +(?:(\|)|((?:{_WORD})(?: (?:{_WORD}))*)) *\Z")
_NOTHING = re.compile(r" *(#[ -~]*)?\Z")
_BLOCK = re.compile(r"    [!-~][ -~]*\Z")


def scan(text: str) -> list[Line] | None:
    """Return the lines of a text that is written plainly; None for any other, right or wrong."""
    if not text.endswith("\n"):
        return None
    found: list[Line] = []
    lines = text.split("\n")[:-1]
    number = place = 0
    while number < len(lines):
        line = lines[number]
        pair = None if _NOTHING.match(line) else _PAIR.match(line)
        if pair is None and not _NOTHING.match(line):
            return None
        taken = 1
        if pair:
            group = 3 if pair[3] is not None else 2
            value: str | dict[str, str] = pair[group] or ""
            start, end = (place + pair.start(group), place + pair.end(group)) if pair[group] is not None else (0, 0)
            if group == 3:
                start, end = start - 1, end + 1
            elif not value and number + 1 < len(lines) and lines[number + 1].startswith("  "):
                inner = _mapping(lines, number + 1)
                if inner is None:
                    return None
                value, taken = inner[0], 1 + inner[1]
            found.append(Line(pair[1], value, number + 1, start, end, place + pair.end(1), group == 3))
        place += sum(len(line) + 1 for line in lines[number : number + taken])
        number += taken
    return found if len({line.key for line in found}) == len(found) else None


def _mapping(lines: list[str], first: int) -> tuple[dict[str, str], int] | None:
    """Return a mapping indented by two spaces and how many lines it has; blocks in it are indented by four."""
    values: dict[str, str] = {}
    number = first
    while number < len(lines) and lines[number].startswith(" "):
        pair = _INNER.match(lines[number])
        if pair is None or pair[1] in values:
            return None
        number += 1
        if pair[2] is None:
            values[pair[1]] = pair[3]
            continue
        block = []
        while number < len(lines) and _BLOCK.match(lines[number]):
            block.append(lines[number][4:] + "\n")
            number += 1
        # Blank lines at its end and deeper ones inside belong to a block too, in ways not worth repeating here.
        if not block or (number < len(lines) and not lines[number].strip()):
            return None
        values[pair[1]] = "".join(block)
    return values, number - first
