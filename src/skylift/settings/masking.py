"""Take passwords out of text, in every form in which programs print them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from urllib.parse import quote, quote_plus

MASK = "***"

_SHORTEST_PART = 8
"""A piece of base64 shorter than this says nothing about a password and would fit anywhere."""


def pattern(values: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds each value as it is, URL-quoted, in JSON, and in base64; None for no values."""
    return any_of({form: re.escape(form) for value in values for form in forms(value)})


def any_of(expressions: Mapping[str, str]) -> re.Pattern[str] | None:
    """Return a pattern of all expressions, given by the text that each stands for; None where there are none."""
    # Longest first: of two passwords where one begins the other, the longer one is taken out whole. Grouped by the
    # first letter, so that at most places of a text a few of them are tried: several times as quick.
    ordered = sorted(expressions, key=lambda form: (form[0], -len(form), form))
    groups = (
        re.escape(first) + "(?:" + "|".join(expressions[form].removeprefix(re.escape(first)) for form in alike) + ")"
        for first, alike in groupby(ordered, key=lambda form: form[0])
    )
    whole = "|".join(groups)
    return re.compile(whole) if whole else None


def forms(value: str) -> set[str]:
    """Return every text in which programs print the value; none for an empty one."""
    return {form for form in _forms(value) if form} if value else set()


def _forms(value: str) -> Iterator[str]:
    lines = [line for line in value.splitlines() if len(line) >= 16 and not line.startswith("-----")]
    for text in (value, value.strip(), *(lines if len(value.splitlines()) > 1 else ())):
        yield text
        yield quote(text, safe="")
        yield quote(text)
        yield quote_plus(text)
        # oslo.config doubles the dollar sign, Python's string forms and JSON double the backslash.
        yield text.replace("$", "$$")
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield repr(text)[1:-1]
        yield from _base64(text.encode("utf-8", "surrogatepass"))


def _base64(raw: bytes) -> Iterator[str]:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(raw).decode()
        yield whole
        yield whole.rstrip("=")
        # Within a longer text («user:password» of HTTP) it begins at one of three offsets of a base64 group; the first
        # and last letters also hold bits of what stands beside it and are left out.
        for offset in range(3):
            inner = encode(b"\0" * offset + raw).decode().rstrip("=")
            start = (0, 2, 3)[offset]
            end = (offset + len(raw)) * 8 // 6
            if len(inner[start:end]) >= _SHORTEST_PART:
                yield inner[start:end]
