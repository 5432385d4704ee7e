"""Change one key of globals.yml as text: comments, order, blank lines, quotes and all other bytes stay as they are.

Nothing here reads or writes a file. Each result was read again before it is returned: the key says what it should, and
every other key what it said before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from skylift.model.problem import Problem
from skylift.settings.complaints import problem
from skylift.settings.document import Document, Entry, parse

NAME = "globals.yml"
_BY_HAND = "Write it by hand: one setting a line, as «key: value»."


def put(text: str, key: str, value: str, *, quoted: bool = False, name: str = NAME) -> str:
    """Return ``text`` with ``key: value``: in place of the old value, behind a commented-out line, or at the end.

    A value keeps the quotes that it replaces, and gets some where YAML would read it otherwise, or when ``quoted``.
    ``name`` is the file's. Raises Problem ``settings-yaml`` for a text that is not sound or cannot be edited by line.
    """
    document = _sound(text, name)
    entry = document.entries.get(key)
    if entry is not None and entry.value == value and not (quoted and entry.plain):
        return text
    for changed in _replaced(text, entry, value, quoted) if entry else _added(text, document, key, value, quoted):
        if _says(document, changed, key, value, plain_ok=not quoted):
            return changed
    raise _stuck(key, entry, name)


def drop(text: str, key: str, *, name: str = NAME) -> str:
    """Return ``text`` without the line (or lines) of ``key``; a comment behind its value stays as a line of its own.

    Raises Problem ``settings-yaml`` as :func:`put` does.
    """
    document = _sound(text, name)
    entry = document.entries.get(key)
    if entry is None:
        return text
    begin = text.rfind("\n", 0, entry.key_end) + 1
    end = _value_end(text, entry)
    line_end = _line_end(text, end)
    comment = text[end:line_end].strip()
    changed = text[:begin] + (comment + text[line_end:] if comment else text[_next_line(text, line_end) :])
    after = parse(name, changed)
    if after.problems or key in after.entries or _others(after, key) != _others(document, key):
        raise _stuck(key, entry, name)
    return changed


def _sound(text: str, name: str) -> Document:
    document = parse(name, text)
    if document.problems:
        raise document.problems[0]
    if document.flow:
        raise problem("settings-yaml", "it is written in braces", _BY_HAND, f"{name}:1")
    return document


def _stuck(key: str, entry: Entry | None, name: str) -> Problem:
    detail = f"{key} cannot be changed by command without changing what stands around it"
    return problem("settings-yaml", detail, _BY_HAND, f"{name}:{entry.line}" if entry else name)


def _says(before: Document, text: str, key: str, value: str, *, plain_ok: bool) -> bool:
    """Tell whether ``text`` gives ``key`` this value and every other key what it had, in the same order."""
    after = parse(before.name, text)
    found = after.entries.get(key)
    if after.problems or found is None or found.value != value or found.tag or (found.plain and not plain_ok):
        return False
    same_place = key not in before.entries or list(before.entries) == list(after.entries)
    return same_place and _others(before, key) == _others(after, key)


def _others(document: Document, key: str) -> list[tuple[str, object]]:
    """Return the other keys' values. A block at the end of a file gains the newline that its last line lacked."""
    return [
        (one.key, one.value.rstrip("\n") if isinstance(one.value, str) else one.value)
        for one in document.entries.values()
        if one.key != key
    ]


def _written(value: str, style: str, quoted: bool) -> Iterator[str]:
    """Yield the ways to write a value, the one in the style of what it replaces first."""
    single, double = "'" + value.replace("'", "''") + "'", json.dumps(value, ensure_ascii=False)
    if style == "'":
        yield single
    elif style == '"':
        yield double
    elif not quoted:
        yield value
    yield double
    # Characters that YAML does not take as they are.
    yield json.dumps(value)


def _replaced(text: str, entry: Entry, value: str, quoted: bool) -> Iterator[str]:
    colon = text.find(":", entry.key_end) + 1
    if not colon:
        return
    end = _value_end(text, entry)
    between = text[colon : entry.start] if entry.end > entry.start else ""
    if isinstance(entry.value, str) and "\n" not in between:
        # Spaces that align it, or an anchor, stay before a value of the same line.
        begin = colon + len(between)
        style = text[begin] if text[begin : begin + 1] in ('"', "'") else ""
        for word in _written(value, style, quoted):
            yield text[:begin] + word + text[end:]
    # A list on lines of its own, or no value at all: comments between it and its key stay.
    for word in _written(value, "", quoted):
        yield f"{text[:colon]} {word}{between.rstrip()}{text[end:]}"


def _added(text: str, document: Document, key: str, value: str, quoted: bool) -> Iterator[str]:
    newline = "\r\n" if "\r\n" in text else "\n"
    first = next(iter(document.entries.values()), None)
    line = text[text.rfind("\n", 0, first.key_end) + 1 : first.key_end] if first else ""
    indent = line[: len(line) - len(line.lstrip(" "))]
    place, style = len(text), ""
    for found in re.finditer(rf"^[ \t]*#[ \t]*{re.escape(key)}[ \t]*:(?P<value>[^\r\n]*)", text, re.MULTILINE):
        place = _next_line(text, _line_end(text, found.end()))
        rest = found["value"].strip()
        style = rest[:1] if rest[:1] in ('"', "'") else ""
        if not rest:
            # A commented-out list goes with its key.
            while item := re.compile(r"[ \t]*#(?:[ \t]*-|[ \t]{2,})[^\r\n]*(?:\r?\n|\Z)").match(text, place):
                if item.end() == place:
                    break
                place = item.end()
        break
    for at in dict.fromkeys((place, len(text))):
        lead = newline if at and text[at - 1] != "\n" else ""
        for word in _written(value, style, quoted):
            yield f"{text[:at]}{lead}{indent}{key}: {word}{newline}{text[at:]}"


def _value_end(text: str, entry: Entry) -> int:
    """Return the place behind the value. To the parser a list or block ends at the next key: comments come off."""
    colon = text.find(":", entry.key_end) + 1
    end = max(entry.end, colon)
    if entry.end <= entry.start:
        return colon
    if isinstance(entry.value, str) and text[entry.start : entry.start + 1] not in ("|", ">"):
        return end
    while True:
        end = len(text[:end].rstrip())
        begin = text.rfind("\n", 0, end) + 1
        # A literal block may hold lines that begin with #; they are indented deeper than any key of the file.
        if begin > colon and text[begin:end].lstrip(" \t").startswith("#") and isinstance(entry.value, list | dict):
            end = begin
            continue
        return end


def _line_end(text: str, place: int) -> int:
    """Return the place of the line's end (before its newline, and the carriage return of one)."""
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    return end - 1 if end > place and text[end - 1] == "\r" else end


def _next_line(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1
