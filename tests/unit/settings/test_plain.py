"""The quick reading of plain files and the YAML library's reading are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skylift.model.service import Password
from skylift.settings import load_passwords
from skylift.settings.document import Document, Entry, parse, parse_fully
from skylift.settings.plain import scan

PIECES = st.sampled_from(
    [
        "# comment",
        "",
        "   ",
        "a: b",
        "b: 2026.2   # comment",
        'c: "x: y - z"',
        'c: "x" y',
        "d:",
        "d: ",
        "e: ~",
        "e: null # x",
        "f: 0",
        "g: yes",
        "  inner: x",
        "  inner: ssh-ed25519 AAAA+/= me@here",
        "  block: |",
        "    text # no comment",
        "    - more: x",
        "      deeper",
        "  ",
        " odd: x",
        "- item",
        "---",
        "...",
        "h: 'x'",
        "i: a-b_c./+=@",
        "i: -a",
        "j: [x]",
        "k: a: b",
        "l: a #b",
        "l: a# b",
        "m: x y",
        "\tn: x",
        "o:x",
        "p: é",
        "<<: x",
        'q: ""',
    ]
)


def comparable(document: Document) -> list[tuple[object, ...]]:
    """Return what must be equal: the places of values that are not written have no meaning."""

    def places(entry: Entry) -> tuple[int, int]:
        return (entry.start, entry.end) if isinstance(entry.value, str) or entry.end > entry.start else (0, 0)

    return [
        (entry.key, entry.value, entry.line, entry.key_end, entry.plain, entry.tag)
        + (() if isinstance(entry.value, dict) else places(entry))
        for entry in document.entries.values()
    ]


@given(st.lists(PIECES, max_size=7), st.sampled_from(["\n", "", "\n\n"]))
@example(["d:", "  inner: x", "  block: |", "    text # no comment", "    - more: x", "a: b"], "\n")
@example(["d:", "  block: |", "    text # no comment", "", "a: b"], "\n")
def test_both_readings_are_the_same(pieces: list[str], end: str) -> None:
    text = "\n".join(pieces) + end
    if scan(text) is not None:
        full = parse_fully("f", text)
        assert full.problems == ()
        assert comparable(parse("f", text)) == comparable(full)


@given(st.text(st.sampled_from("abz01:# -|\"'\n.~{[&*!%@`_="), max_size=24))
def test_both_readings_of_any_text_are_the_same(text: str) -> None:
    if scan(text + "\n") is not None:
        full = parse_fully("f", text + "\n")
        assert full.problems == ()
        assert comparable(parse("f", text + "\n")) == comparable(full)


def test_what_skylift_writes_is_read_quickly(tmp_path: Path) -> None:
    kinds = (Password("a"), Password("b", "uuid"), Password("c", "hex"), Password("d", "ssh-key"))
    made = load_passwords(tmp_path, kinds)
    text = (tmp_path / "passwords.yml").read_text()
    assert scan(text) is not None
    assert load_passwords(tmp_path, kinds).all() == made.all()
    assert comparable(parse("f", text)) == comparable(parse_fully("f", text))


@pytest.mark.parametrize("text", ["a: b", "a: b\na: c\n", "a: [x]\n", "a: 'x'\n", "a: b\n c\n", "a: &x b\n", "é: x\n"])
def test_what_is_not_plain_is_left_to_the_library(text: str) -> None:
    assert scan(text) is None
