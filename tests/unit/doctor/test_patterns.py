"""What a rule's patterns may be, and the literal that each has."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.doctor.patterns import faults, literal


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"No valid host", "No valid host"),
        (r"\(1040, ['\"]Too many", "Too many"),
        (r"colou?rs of things", "rs of things"),
        (r"(?P<name>\w+) is gone", " is gone"),
        (r"a{2,3}bcdefg\.", "bcdefg."),
        (r"[Aa]ddress (?:already|yet) in use", "ddress "),
        (r"x\d+ volumes", " volumes"),
        (r"\[Errno 111\]", "[Errno 111]"),
        (r"[^]]abcdef[\]x]", "abcdef"),
        (r"\w+", ""),
        (r"abc\ndefg", "defg"),
        (r"abc{", "ab"),
    ],
)
def test_the_literal(pattern: str, expected: str) -> None:
    assert literal(pattern) == expected


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_an_escaped_text_is_its_own_literal(text: str) -> None:
    assert literal(re.escape(text)) == text


@given(st.text("ab.*+?|()[]\\{}0-9^$wd,", max_size=25), st.text("ab0w{}[]()., *", max_size=30))
def test_whatever_matches_holds_the_literal(pattern: str, text: str) -> None:
    # One that may not be used could take for ever.
    if not faults(pattern) and re.search(pattern, text) is not None:
        assert literal(pattern) in text


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        (r"(unclosed", "no regular expression"),
        (r"one thing|another thing", "several patterns"),
        (r"abc\d+", "no literal"),
        (r"something .* else", "take long"),
        (r"something (\w+)+ else", "take long"),
        (r"something (?:a|b)* else", "take long"),
        (r"something \w{3,} else", "take long"),
        (r"(?P<name>[\w.]+) is something", "take long"),
        (r"(?i)something", "no flags"),
    ],
)
def test_what_may_not_be_used_is_told(pattern: str, word: str) -> None:
    assert word in " ".join(faults(pattern))


@pytest.mark.parametrize("pattern", [r"something \S+ else", r"[\w.+-]{1,80} is something", r"a (?:b|c){0,3} something"])
def test_what_may_be_used(pattern: str) -> None:
    assert faults(pattern) == []
