"""The form of configuration files in INI style, read without losing a letter.

``oslo``: what oslo.config takes. A key and its value are parted by the first ``=`` or ``:``; indented lines go on with
the value, until an empty line, a comment or the next key; a key that is given again has several values. ``mysql``: a
key may stand alone (``skip-name-resolve``), and indentation means nothing. Nothing is expanded: ``%`` and ``$`` are
letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dialect = Literal["oslo", "mysql"]
DEFAULT = "DEFAULT"


@dataclass(frozen=True, slots=True)
class Setting:
    """One assignment. ``value`` has the lines as written, without indentation; it is empty for a key that stands alone.

    ``start`` and ``end`` bound its lines, counted from 0, ``end`` not included.
    """

    section: str
    key: str
    value: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ini:
    """A file. ``headers`` pairs each section's name with its line; ``faults`` pairs a line with what is wrong there."""

    lines: tuple[str, ...] = ()
    headers: tuple[tuple[str, int], ...] = ()
    settings: tuple[Setting, ...] = ()
    faults: tuple[tuple[int, str], ...] = ()


def section_id(section: str, dialect: Dialect = "oslo") -> str:
    """Return what names of one section have in common: oslo.config takes [AGENT] for [agent], but DEFAULT as it is."""
    return section if dialect == "mysql" or section == DEFAULT else section.lower()


def parse(text: str, dialect: Dialect = "oslo") -> Ini:
    """Return what ``text`` says. Lines that say nothing proper are in ``faults``; never raises."""
    reader = _Reader(dialect)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        reader.take(number, line)
    reader.close()
    return Ini(tuple(lines), tuple(reader.headers), tuple(reader.settings), tuple(reader.faults))


class _Reader:
    """Takes one line after the other."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.headers: list[tuple[str, int]] = []
        self.settings: list[Setting] = []
        self.faults: list[tuple[int, str]] = []
        self.section = ""
        self.key = ""
        self.value: list[str] = []
        self.start = self.end = 0

    def take(self, number: int, line: str) -> None:
        text = line.rstrip() if self.dialect == "oslo" else line.strip()
        if text.startswith((" ", "\t")):
            self._continuation(number, text.lstrip())
            return
        self.close()
        if not text or text.startswith(("#", ";")):
            return
        if text.startswith("["):
            self._header(number, text)
        else:
            self._assignment(number, text)

    def close(self) -> None:
        """End the assignment that is open, if there is one."""
        if self.key:
            self.settings.append(Setting(self.section, self.key, tuple(self.value), self.start, self.end))
        self.key, self.value = "", []

    def _continuation(self, number: int, text: str) -> None:
        if not self.key:
            self.faults.append((number, "the line is indented and continues no value"))
            return
        self.value.append(text)
        self.end = number + 1

    def _header(self, number: int, text: str) -> None:
        if not text.endswith("]"):
            self.faults.append((number, "a section is not closed with ]"))
        elif len(text) == 2:
            self.faults.append((number, "a section has no name"))
        else:
            self.section = text[1:-1]
            self.headers.append((self.section, number))

    def _assignment(self, number: int, text: str) -> None:
        at = min((place for place in (text.find("="), text.find(":")) if place >= 0), default=-1)
        key = text[:at].strip() if at >= 0 else text
        if at < 0 and self.dialect == "oslo":
            self.faults.append((number, "it is no «key = value»"))
        elif not key:
            self.faults.append((number, "there is no key before the value"))
        elif not self.section:
            self.faults.append((number, f"{key} stands before any [section]"))
        else:
            self.key, self.start, self.end = key, number, number + 1
            self.value = [text[at + 1 :].strip()] if at >= 0 else []
