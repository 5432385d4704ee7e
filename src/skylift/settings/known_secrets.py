"""Every secret that a configuration folder holds, whatever else is wrong with its files. Nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from skylift.model.hidden import hidden_values
from skylift.settings.bytes_of import bytes_of
from skylift.settings.document import parse
from skylift.settings.names import is_password

FILES = ("passwords.yml", "globals.yml", "clouds.yaml")
LARGEST = 1 << 20
OUTSIDE = 8
"""Letters of a secret that was found by its place in a file of one's own. A shorter one may be a word: «fernet»."""
_LINE = re.compile(r"^[ \t-]*[\w.-]+[ \t]*:[ \t]*(\S.*?)[ \t\r]*$", re.MULTILINE)
_PART = re.compile(r"^[ \t]*([A-Za-z0-9+/=_-]{16,})[ \t\r]*$", re.MULTILINE)


def known_secrets(folder: Path, written: Mapping[str, str]) -> frozenset[str]:
    """Return the values of passwords.yml, and what the texts ``written`` (globals.yml, overrides) have in places of
    passwords.
    """
    found = set(_of_passwords(_text(folder / "passwords.yml")))
    others = [_text(folder / name) for name in FILES[1:]]
    document = parse("globals.yml", others[0])
    for key, entry in document.entries.items():
        if is_password(key) and isinstance(entry.value, str):
            found.add(entry.value)
    for text in (*others, *written.values()):
        found |= {value for value in hidden_values(text) if len(value) >= OUTSIDE and "{{" not in value}
    return frozenset(found - {""})


def password_names(folder: Path) -> list[str]:
    """Return the names that passwords.yml has a value for, as far as it can be read."""
    entries = parse("passwords.yml", _text(folder / "passwords.yml")).entries
    return sorted(name for name, entry in entries.items() if entry.value is not None)


def _of_passwords(text: str) -> Iterator[str]:
    document = parse("passwords.yml", text)
    for entry in document.entries.values():
        yield from _leaves(entry.value)
    if document.problems:
        # What cannot be parsed holds passwords all the same.
        for line in _LINE.finditer(text):
            value = line[1]
            yield from {value, value.strip("'\""), value.partition(" #")[0].strip("'\" \t")}
        yield from (line[1] for line in _PART.finditer(text))


def _leaves(value: object) -> Iterator[str]:
    match value:
        case dict():
            for half, item in value.items():
                yield from () if half == "public_key" else _leaves(item)
        case list() | tuple():
            for item in value:
                yield from _leaves(item)
        case str():
            yield value


def _text(path: Path) -> str:
    try:
        return bytes_of(path, LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
