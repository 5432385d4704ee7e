"""A YAML file read with positions: top-level keys, their values and lines, and every complaint about its form.

Only the node graph of ruamel.yaml is used, never its constructors, so no tag can make anything but text and lists.
ruamel.yaml costs 0.1 s to import; a file that is written plainly is read without it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skylift.model.problem import Problem
from skylift.settings.bytes_of import bytes_of
from skylift.settings.complaints import plain_words, problem
from skylift.settings.plain import Line, scan

if TYPE_CHECKING:
    from ruamel.yaml.nodes import MappingNode, Node

LARGEST = 1 << 20
"""Bytes of a settings file that are read at most: more is a mistake, not a configuration."""

DEEPEST = 100
"""Brackets that may be open at once."""

Value = str | None | list[Any] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value. ``line`` counts from 1. ``start`` and ``end`` are the value's place in the text.

    ``key_end`` is the place right behind the key.

    ``value``: text as written for scalars (None for an empty or ``null`` one), lists and mappings of the same.
    ``plain`` is true for a scalar without quotes; ``tag`` is a YAML tag that was written out, such as ``!vault``.
    """

    key: str
    value: Value
    line: int
    start: int = 0
    end: int = 0
    key_end: int = 0
    plain: bool = True
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. ``problems`` are complaints about its form; entries that are sound are there all the same.

    ``flow`` is true when the mapping is written in braces.
    """

    name: str
    text: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    flow: bool = False


def read_text(path: Path) -> str:
    """Return the file's text, without a byte order mark; empty when there is no file. Raises Problem."""
    name = path.name
    try:
        raw = bytes_of(path, LARGEST)
    except FileNotFoundError:
        return ""
    except IsADirectoryError as error:
        raise problem(
            "settings-unreadable", f"{path} is a folder", f"Put a file there, or remove it: rmdir {path}", name
        ) from error
    except OSError as error:
        fix = f"It must be a file that the user who runs skylift may read: ls -lL {path}"
        raise problem("settings-unreadable", f"{path}: {error.strerror}", fix, name) from error
    if len(raw) > LARGEST:
        detail = f"{path} has more than {LARGEST} bytes"
        raise problem("settings-unreadable", detail, "Use the file for settings only.", name)
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        detail = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise problem("settings-yaml", detail, "Save the file as UTF-8.", f"{name}:{line}") from error


def parse(name: str, text: str) -> Document:
    """Return what ``text`` says; ``name`` is the file's name in the places of complaints. Never raises for bad text."""
    if all(line.lstrip().startswith("#") or not line.strip() or line == "---" for line in text.split("\n")):
        return Document(name, text)
    if (lines := scan(text)) is not None:
        return Document(name, text, {line.key: _entry(line) for line in lines})
    return parse_fully(name, text)


def parse_fully(name: str, text: str) -> Document:
    """As :func:`parse`, with the YAML library in any case."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError, YAMLWarning

    if deep := _too_deep(text):
        found = problem("settings-yaml", "it is nested too deeply", _YAML_FIX, f"{name}:{deep}")
        return Document(name, text, problems=(found,))
    try:
        with warnings.catch_warnings():
            # An anchor that is defined twice is a warning to the library, and a mistake of whoever wrote it.
            warnings.simplefilter("error")
            root = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, YAMLWarning) as error:
        line, words = plain_words(error, text)
        where = f"{name}:{line}"
        return Document(name, text, problems=(problem("settings-yaml", words, _YAML_FIX, where),))
    except (RecursionError, ValueError, IndexError, AttributeError, KeyError, TypeError, AssertionError) as error:
        # The parser's own stumbles on text that is no YAML at all (thousands of brackets, %YAML x).
        kind = "it is nested too deeply" if isinstance(error, RecursionError) else f"the parser stumbles: {error}"
        return Document(name, text, problems=(problem("settings-yaml", kind, _YAML_FIX, f"{name}:1"),))
    if root is None or (root.id == "scalar" and _value(root) is None):
        return Document(name, text)
    if root.id != "mapping":
        what = "a list" if root.id == "sequence" else "a single value"
        where = f"{name}:{root.start_mark.line + 1}"
        fix = "Write one setting a line, for example:\nopenstack_region_name: RegionOne"
        return Document(name, text, problems=(problem("settings-not-a-mapping", f"it is {what}", fix, where),))
    return _entries(name, text, root)


_YAML_FIX = "Write one setting a line as «key: value», and put values with special characters in quotes."


def _entry(line: Line) -> Entry:
    value: Value
    if isinstance(line.value, dict):
        value = {key: None if item in _NULLS else item for key, item in line.value.items()}
        return Entry(line.key, value, line.line, key_end=line.key_end, plain=False)
    value = None if not line.quoted and line.value in _NULLS else line.value
    return Entry(line.key, value, line.line, line.start, line.end, line.key_end, plain=not line.quoted)


def _too_deep(text: str) -> int:
    """Return the line with more open brackets than any settings have, or 0: the library takes minutes for thousands."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        for letter in line:
            depth = max(0, depth + (letter in "[{") - (letter in "]}"))
            if depth > DEEPEST:
                return number
    return 0


_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("", "str", "int", "float", "bool", "null", "timestamp", "seq", "map")}
"""What YAML finds out by itself; a tag that says more is not followed."""
_NULLS = ("", "~", "null", "Null", "NULL")


def _entries(name: str, text: str, root: MappingNode) -> Document:
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for key_node, value_node in root.value:
        line = key_node.start_mark.line + 1
        where = f"{name}:{line}"
        if key_node.id != "scalar":
            detail = "a key is a list or a mapping"
            problems.append(problem("settings-yaml", detail, "Keys are plain names.", where))
            continue
        key = _sound(key_node.value)
        if key == "<<" and not key_node.style:
            fix = "Write the keys out."
            problems.append(problem("settings-yaml", "merge keys (<<) are not supported here", fix, where))
            continue
        if key in entries:
            detail = f"{key} is set in line {entries[key].line} and again in line {line}"
            problems.append(problem("settings-duplicate-key", detail, "Remove one of the two lines.", where))
            continue
        scalar = value_node.id == "scalar"
        entries[key] = Entry(
            key,
            _value(value_node),
            line,
            value_node.start_mark.index,
            value_node.end_mark.index,
            key_node.end_mark.index,
            plain=scalar and not value_node.style,
            tag=_tag(value_node),
        )
    return Document(name, text, entries, tuple(problems), bool(root.flow_style))


def _value(node: Any, depth: int = 0) -> Value:
    if node.id == "scalar":
        empty = not node.style and node.value in _NULLS
        return None if empty else _sound(node.value)
    # Deeper levels have no use here, and an alias may contain itself.
    if depth > 2:
        return "…"
    if node.id == "sequence":
        return [_value(item, depth + 1) for item in node.value]
    return {_sound(key.value): _value(value, depth + 1) for key, value in node.value}


def _sound(text: Any) -> str:
    """Return text that can be encoded: YAML's escapes can spell half a character, and the whole one in two halves."""
    return str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _tag(node: Node) -> str:
    tag = str(node.tag or "")
    return "" if tag in _TAGS else tag.replace("tag:yaml.org,2002:", "!!")
