"""Take every secret out of what leaves the machine: known ones in any form, others by their key, place or form."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from skylift.model.hidden_traffic import hide_traffic, secret_key
from skylift.settings.masking import MASK, any_of, forms

SHORTEST = 6
"""Letters of a secret that is looked for everywhere. A shorter one would be found in every other word («nova»), so it
is hidden only where its key or its place tells what it is."""

_STAMP = r"(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?"
_NEXT = rf"\r?\n{_STAMP}[ \t]*"
_GAPS = (
    # The end of a line in the middle of a value; the same in a shell's text, in a program's, and in JSON inside a line.
    (re.compile(_NEXT), ("\n",)),
    (re.compile(rf"\\{_NEXT}"), ("\\\n", "\\\r")),
    (re.compile(rf"[\"'][ \t]?[\\+]?{_NEXT}[\"']"), ('"', "'")),
    (re.compile(r"(?:\\r)?\\n"), ("\\n",)),
)
"""Each with texts of which it has one: without any it need not be looked for."""


class Scrub:
    """What is applied to everything before it leaves. ``secrets`` are texts; those of few letters are passed over."""

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {form for value in secrets if len(value.strip()) >= SHORTEST for form in forms(value)}
        found = {form for form in found if len(form) >= SHORTEST}
        self._known = any_of({form: re.escape(form) for form in found})
        self._split = _across(found)
        self._short = lru_cache(maxsize=20_000)(self._text)

    def text(self, text: str) -> str:
        """Return ``text`` without secrets. Lines stay lines, apart from those of private keys."""
        return self._short(text) if len(text) < 200 else self._text(text)

    def known(self, text: str) -> str:
        """Return ``text`` without known secrets, be they split over lines; nothing else is looked for."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        if self._split is not None:
            for gap, marks in _GAPS:
                if any(mark in text for mark in marks):
                    text = _sub_across(text, gap, self._split)
        return text

    def data(self, value: Any) -> Any:
        """Return ``value`` as JSON data without secrets; what stands under a secret's key is hidden whatever it is."""
        match value:
            case None | bool():
                return value
            case int() | float():
                return value if self.known(str(value)) == str(value) else MASK
            case dict():
                return {self.text(str(key)): self._under(str(key), item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.data(item) for item in value]
            case _:
                return self.text(str(value))

    def _text(self, text: str) -> str:
        return hide_traffic(self.known(text))

    def _under(self, key: str, value: Any) -> Any:
        if not secret_key(key):
            return self.data(value)
        match value:
            case None | bool() | "":
                return value
            case dict():
                return {self.text(str(one)): self._under(key, item) for one, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._under(key, item) for item in value]
            case _:
                return MASK


def _across(found: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of the forms without gaps. Where one has a blank the line may have been broken: it may lack."""
    expressions = {}
    for form in found:
        for bare in {form, *(gap.sub("", form) for gap, _ in _GAPS)}:
            words = bare.split()
            if sum(map(len, words)) >= SHORTEST:
                expressions[" ".join(words)] = r"\s*".join(map(re.escape, words))
    return any_of(expressions)


def _sub_across(text: str, gap: re.Pattern[str], pattern: re.Pattern[str]) -> str:
    """Replace what ``pattern`` finds in the text without its gaps. As many lines stay as there were."""
    compact, removed, at, before = [], 0, [], []
    last = 0
    for cut in gap.finditer(text):
        compact.append(text[last : cut.start()])
        at.append(cut.start() - removed)
        removed += cut.end() - cut.start()
        before.append(removed)
        last = cut.end()
    if not at:
        return text

    def place(offset: int) -> int:
        number = bisect_right(at, offset)
        return offset + (before[number - 1] if number else 0)

    parts, done = [], 0
    for found in pattern.finditer("".join(compact) + text[last:]):
        begin, end = place(found.start()), place(found.end() - 1) + 1
        parts += [text[done:begin], MASK, "\n" * text.count("\n", begin, end)]
        done = end
    return "".join(parts) + text[done:] if parts else text
