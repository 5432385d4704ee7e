"""What oslo.config itself reads in a file is what we read in it."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from oslo_config import iniparser

from skylift.desired.merge_parse import parse

LETTERS = "ab=:[]#;\"' \t\n%$ß"


class Oslo(iniparser.BaseParser):
    """Collects assignments; like oslo.config's own, it refuses one before any section."""

    def __init__(self) -> None:
        self.section = ""
        self.found: list[tuple[str, str, tuple[str, ...]]] = []

    def new_section(self, section: str) -> None:
        self.section = section

    def comment(self, comment: str) -> None:
        pass

    def assignment(self, key: str, value: list[str]) -> None:
        if not self.section:
            raise self.parse_exc("no section", self.lineno, key)
        self.found.append((self.section, key, tuple(value)))

    def error_no_section_name(self, line: str) -> Any:
        raise self.parse_exc("no name", self.lineno, line)


def read_by_oslo(text: str) -> list[tuple[str, str, tuple[str, ...]]] | None:
    parser = Oslo()
    try:
        parser.parse(text.split("\n"))
    except iniparser.ParseError:
        return None
    return parser.found


def unquoted(value: tuple[str, ...]) -> tuple[str, ...]:
    """Take away the quotes that oslo.config takes away; we leave them, for it will read our file too."""
    first, *more = value
    if first and first[0] == first[-1] and first[0] in "\"'":
        first = first[1:-1]
    return (first, *more)


@given(st.one_of(st.text(LETTERS, max_size=40), st.text(LETTERS, max_size=40).map("[a]\n".__add__)))
@example("[a]\nx = 1\n  2\n\ny: 'z'\n")
@example("[a]\nx\n")
@example("[a]\n\n  x\n")
@example("x = 1\n[a]\n")
def test_we_read_what_oslo_config_reads(text: str) -> None:
    ini = parse(text)
    theirs = read_by_oslo(text)
    assert (theirs is None) == bool(ini.faults)
    if theirs is not None:
        assert theirs == [(one.section, one.key, unquoted(one.value)) for one in ini.settings]
