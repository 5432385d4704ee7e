"""What a rule's regular expressions may be, so that ten megabytes of log are looked through in a moment.

Each must have a literal that a line has to contain: the expression itself then runs on those few lines alone. And none
may take long on any line: what repeats is bounded, or leads away from where it began.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

SHORTEST = 5
"""Characters of a literal; shorter ones occur on nearly every line."""
UNBOUNDED = re.compile(
    r"(?<!\\)\.[*+]|(?<!\\)[*+]\)[*+]|(?<!\\)\)[*+]|(?<!\\)\{\d+,\}|^(?:\((?:\?:|\?P<\w+>)?)*(?:x|\\[wWsSdD])[*+]"
)
"""What is slow where a line nearly matches many times: ``.*`` and ``.+``, groups that repeat without end, ``{n,}``, and
what repeats at the very beginning. Classes are read as ``x``."""


def literal(pattern: str) -> str:
    """Return the longest text outside groups that all the pattern matches contains; empty when there is none."""
    return max(_literals(pattern), key=len, default="")


def _literals(pattern: str) -> Iterator[str]:
    run, depth, place = "", 0, 0
    while place < len(pattern):
        char, width = pattern[place], 1
        if char == "\\":
            width = 2
            char = pattern[place + 1 : place + 2]
            # Escaped letters and digits are classes, places, or other letters.
            plain = char != "" and not char.isalnum()
        elif char == "[":
            width = _class(pattern, place)
            plain = False
        else:
            depth += (char == "(") - (char == ")")
            plain = char not in ".^$()|?*+{}"
        after = pattern[place + width : place + width + 1]
        if char == "{" and not plain:
            width = max(1, pattern.find("}", place) + 1 - place)
        # What is repeated or optional may be missing.
        if plain and depth == 0 and (not after or after not in "?*{"):
            run += char
        else:
            yield run
            run = ""
        place += width
    yield run


def _class(pattern: str, start: int) -> int:
    """Return how many characters the class ``[…]`` takes."""
    place = start + 1 + (pattern[start + 1 : start + 2] == "^")
    place += pattern[place : place + 1] == "]"
    while place < len(pattern) and pattern[place] != "]":
        place += 2 if pattern[place] == "\\" else 1
    return place + 1 - start


def faults(pattern: str) -> list[str]:
    """Return what is wrong with a pattern, in words; nothing when it may be used."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(pattern)
    except (re.error, OverflowError, Warning) as error:
        return [f"no regular expression: {error}"]
    found = []
    if "|" in _top(pattern):
        found.append("alternatives outside a group: write several patterns")
    elif len(literal(pattern)) < SHORTEST:
        found.append(f"no literal of {SHORTEST} characters outside groups that each line would have to contain")
    found += slow(pattern)
    if compiled.flags & re.IGNORECASE:
        found.append("no flags: write [Cc] where both occur")
    if compiled.search(""):
        found.append("it matches an empty line")
    return found


def slow(pattern: str) -> list[str]:
    """Return what can make a pattern take long, in words."""
    match = UNBOUNDED.search(re.sub(r"(?<!\\)\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern))
    return [f"{match[0]} can take long on a long line: bound it, as in .{{0,200}}"] if match else []


def _top(pattern: str) -> str:
    """Return the pattern without its groups, classes and escaped characters."""
    text, depth, place = "", 0, 0
    while place < len(pattern):
        char, width = pattern[place], 1
        if char == "\\":
            width = 2
        elif char == "[":
            width = _class(pattern, place)
        else:
            depth += char == "("
            text += char if depth == 0 else ""
            depth -= char == ")"
        place += width
    return text
