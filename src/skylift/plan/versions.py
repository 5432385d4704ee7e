"""Two versions of a configuration file without their passwords: what may be shown of them. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from functools import cached_property

from skylift.model.hidden import HIDDEN, hide
from skylift.plan.options import OptionChange, differences

Mask = Callable[[str], str]
"""Takes the passwords that are known out of a text."""


class Versions:
    """The version that lies in a container, and the one that it is to get.

    Of the passwords in the old one, or in one that somebody wrote there, nobody knows any more what they were. But they
    stand where the new version has one that is known, or at places that tell.
    """

    def __init__(self, before: str, after: str, mask: Mask) -> None:
        self.new = hide(mask("\n".join(_readable(after)))).splitlines()
        self.old = _alike(hide(mask("\n".join(_readable(before)))).splitlines(), self.new)

    @cached_property
    def options(self) -> tuple[OptionChange, ...] | None:
        """The options that differ; None for files that are not made of any."""
        return differences("\n".join(self.old), "\n".join(self.new))

    @cached_property
    def edits(self) -> tuple[OptionChange, ...] | None:
        """The same, seen from the new version: what somebody has changed in it."""
        return differences("\n".join(self.new), "\n".join(self.old))

    @cached_property
    def diff(self) -> tuple[str, ...]:
        """A unified diff without headings; nothing where only passwords differ."""
        return tuple(difflib.unified_diff(self.old, self.new, lineterm="", n=2))[2:]


def _alike(old: list[str], new: list[str]) -> list[str]:
    """Return the old lines with those hidden that differ from a new one only where that has something hidden."""
    known = dict.fromkeys(new)
    forms = [(line.split(HIDDEN), line) for line in known if HIDDEN in line and line.strip() != HIDDEN]
    bare = any(line.strip() == HIDDEN for line in known)

    def safe(line: str) -> str:
        if line in known:
            return line
        # Where a password has a line to itself, any other word that has one may be it.
        return next(
            (alike for parts, alike in forms if _fits(line, parts)), HIDDEN if bare and len(line.split()) == 1 else line
        )

    return [safe(line) for line in old]


def _fits(line: str, parts: list[str]) -> bool:
    """Whether ``line`` is made of ``parts`` with something between each two of them."""
    first, *inner, last = parts
    if not (line.startswith(first) and line.endswith(last)):
        return False
    at, end = len(first), len(line) - len(last)
    for part in inner:
        found = line.find(part, at + 1)
        if found < 0:
            return False
        at = found + len(part)
    return at < end


def _readable(text: str) -> list[str]:
    """Return the lines of a text. JSON gets one line a value: many a file is a single one."""
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False).splitlines()
    except ValueError:
        return text.splitlines()
