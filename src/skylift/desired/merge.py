"""Merging of files in INI style, with the rules of Kolla-Ansible's ``merge_configs``.

A later file's key replaces all values that earlier ones have for it; several values in one file are kept together. What
differs: the first file keeps its comments, its order and its spelling; values are replaced in place, new keys go to the
end of their section, new sections to the end of the file. When nothing changes, not a letter does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skylift.desired.merge_parse import Dialect, Ini, Setting, parse, section_id

Place = tuple[str, str]
"""A section, as it is compared, and a key."""


@dataclass(frozen=True, slots=True)
class Layer:
    """An override file as parsed. ``where`` says where each of its lines was written (``config/nova.conf:3``)."""

    ini: Ini
    where: Sequence[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """The text, and by ``[section] key`` where values came from and which lines lost to them."""

    text: str
    origins: tuple[tuple[str, str], ...] = ()
    shadowed: tuple[tuple[str, str], ...] = ()


def merge(base: str, layers: Iterable[Layer], dialect: Dialect = "oslo") -> Merged:
    """Return ``base`` with the settings of ``layers``, of which the last has the last word."""
    winners: dict[Place, tuple[Setting, ...]] = {}
    origins: dict[Place, tuple[str, str]] = {}
    shadowed: list[tuple[str, str]] = []
    for layer in layers:
        for place, settings in _by_place(layer.ini, dialect).items():
            if place in origins:
                shadowed.append(origins[place])
            winners[place] = settings
            name = f"[{settings[0].section}] {settings[0].key}"
            origins[place] = (name, layer.where[settings[0].start])
    if not winners:
        return Merged(base)
    return Merged(_edit(parse(base, dialect), winners, dialect), tuple(origins.values()), tuple(shadowed))


def _by_place(ini: Ini, dialect: Dialect) -> dict[Place, tuple[Setting, ...]]:
    found: dict[Place, tuple[Setting, ...]] = {}
    for setting in ini.settings:
        place = (section_id(setting.section, dialect), setting.key)
        found[place] = (*found.get(place, ()), setting)
    return found


def _edit(base: Ini, winners: dict[Place, tuple[Setting, ...]], dialect: Dialect) -> str:
    """Write the winning settings into the lines of ``base``."""
    present = _by_place(base, dialect)
    ends = _ends(base, dialect)
    instead: dict[int, list[str]] = {}
    dropped: set[int] = set()
    behind: dict[int, list[str]] = {}
    new: dict[str, list[str]] = {}
    for place, settings in winners.items():
        there = present.get(place, ())
        if [one.value for one in there] == [one.value for one in settings]:
            continue
        text = [line for setting in settings for line in _lines(setting)]
        if there:
            instead[there[0].start] = text
            dropped.update(number for one in there for number in range(one.start, one.end))
        elif place[0] in ends:
            behind.setdefault(ends[place[0]], []).extend(text)
        else:
            new.setdefault(place[0], [f"[{settings[0].section}]"]).extend(text)
    lines: list[str] = []
    for number, line in enumerate(base.lines):
        lines += instead.get(number, ())
        if number not in dropped:
            lines.append(line)
        lines += behind.get(number, ())
    return _append("\n".join(lines), new.values())


def _ends(base: Ini, dialect: Dialect) -> dict[str, int]:
    """Return for each section the line behind which a further key goes: that of its last setting, else its header."""
    ends: dict[str, int] = {}
    marks = [(number, name) for name, number in base.headers]
    marks += [(setting.end - 1, setting.section) for setting in base.settings]
    for number, name in sorted(marks):
        ends[section_id(name, dialect)] = number
    return ends


def _append(text: str, sections: Iterable[list[str]]) -> str:
    for section in sections:
        if text and not text.endswith("\n"):
            text += "\n"
        text += ("\n" if text else "") + "\n".join(section) + "\n"
    return text


def _lines(setting: Setting) -> list[str]:
    if not setting.value:
        return [setting.key]
    first, *more = setting.value
    return [f"{setting.key} = {first}".rstrip(), *(f"    {line}" for line in more)]
