"""Files in INI style: read without losing a letter, and merged with the rules of Kolla-Ansible."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.desired.merge import Layer, Merged, merge
from skylift.desired.merge_parse import Dialect, Setting, parse, section_id

BASE = """\
# What the template says.
[DEFAULT]
debug = false
password = 50%$literal
filters = one
  two

# About the database.
[database]
hook = a
hook = b

[empty]
"""


def layer(text: str, name: str = "nova.conf", dialect: Dialect = "oslo") -> Layer:
    """Return an override that has no faults."""
    ini = parse(text, dialect)
    assert ini.faults == ()
    return Layer(ini, [f"{name}:{number + 1}" for number in range(len(ini.lines))])


def merged(*texts: str, base: str = BASE, dialect: Dialect = "oslo") -> Merged:
    return merge(base, [layer(text, f"{number}.conf", dialect) for number, text in enumerate(texts)], dialect)


def values(settings: Iterable[Setting]) -> dict[tuple[str, str], list[tuple[str, ...]]]:
    found: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for one in settings:
        found.setdefault((section_id(one.section), one.key), []).append(one.value)
    return found


def test_values_are_replaced_in_place_and_comments_stay() -> None:
    done = merged("[database]\nhook=c\n[DEFAULT]\nfilters: three\n  four\nnew =\n[added]\nkey = 1\n")
    assert done.text == (
        "# What the template says.\n[DEFAULT]\ndebug = false\npassword = 50%$literal\n"
        "filters = three\n    four\nnew =\n"
        "\n# About the database.\n[database]\nhook = c\n\n[empty]\n\n[added]\nkey = 1\n"
    )
    assert dict(done.origins) == {
        "[database] hook": "0.conf:2",
        "[DEFAULT] filters": "0.conf:4",
        "[DEFAULT] new": "0.conf:6",
        "[added] key": "0.conf:8",
    }


def test_the_last_file_has_the_last_word_on_all_values_of_a_key() -> None:
    done = merged("[database]\nhook = x\nhook = y\nsize = 1\n", "[database]\nhook = z\n")
    assert values(parse(done.text).settings)["database", "hook"] == [("z",)]
    assert done.shadowed == (("[database] hook", "0.conf:2"),)
    assert dict(done.origins)["[database] hook"] == "1.conf:2"


def test_several_values_of_one_file_stay_together() -> None:
    done = merged("[empty]\nmodel = x\nother = 1\nmodel = y\n")
    assert values(parse(done.text).settings)["empty", "model"] == [("x",), ("y",)]


def test_a_section_is_the_same_in_other_letters_but_default_is_not() -> None:
    done = merged("[Database]\nhook = c\n[default]\ndebug = true\n")
    found = values(parse(done.text).settings)
    assert found["database", "hook"] == [("c",)]
    assert found["DEFAULT", "debug"] == [("false",)]
    assert found["default", "debug"] == [("true",)]
    assert "[Database]" not in done.text


def test_what_is_there_already_changes_no_letter() -> None:
    done = merged("[DEFAULT]\nfilters=one\n    two\n[database]\nhook: a\nhook: b\n")
    assert done.text == BASE
    assert len(done.origins) == 2


def test_an_empty_value_is_a_value() -> None:
    assert "debug =\n" in merged("[DEFAULT]\ndebug =\n").text


def test_a_file_without_end_of_line_gets_one_only_before_a_section() -> None:
    assert merged("[a]\ny = 2\n", base="[a]\nx = 1").text == "[a]\nx = 1\ny = 2"
    assert merged("[b]\ny = 2\n", base="[a]\nx = 1").text == "[a]\nx = 1\n\n[b]\ny = 2\n"
    assert merged("[b]\ny = 2\n", base="").text == "[b]\ny = 2\n"


def test_in_a_section_that_comes_twice_the_key_is_found_and_new_ones_go_to_the_second() -> None:
    done = merged("[a]\nx = 9\nz = 3\n", base="[a]\nx = 1\n[b]\n[a]\ny = 2\n")
    assert done.text == "[a]\nx = 9\n[b]\n[a]\ny = 2\nz = 3\n"


def test_mysql_options_stand_alone_and_may_be_indented() -> None:
    base = "[mariadbd]\nskip-name-resolve\nport = 3306\n"
    done = merged("[mariadbd]\n  port = 3307\n  skip-log-bin\n", base=base, dialect="mysql")
    assert done.text == "[mariadbd]\nskip-name-resolve\nport = 3307\nskip-log-bin\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("debug = true\n", 0, "before any"),
        ("[DEFAULT]\ndebug\n", 1, "key = value"),
        ("[DEFAULT\n", 0, "not closed"),
        ("[]\n", 0, "no name"),
        ("[a]\n= 1\n", 1, "no key"),
        ("[a]\n\n  x = 1\n", 2, "continues no value"),
        ("[a]\nx = 1\n# why\n  2\n", 3, "continues no value"),
    ],
)
def test_lines_that_say_nothing_are_named(text: str, line: int, words: str) -> None:
    assert [(number, words in what) for number, what in parse(text).faults] == [(line, True)]


# Properties

LETTERS = "ab_-%$\"'#;[]{}äß∂.,/ "
names = st.text("abAB_-.", min_size=1, max_size=3)
words = st.text(LETTERS + "=:", max_size=6).map(str.strip)
further = st.text(LETTERS + "=:", min_size=1, max_size=6).map(str.strip).filter(bool)
assignments = st.builds(
    lambda key, sign, first, more: "\n".join([f"{key}{sign}{first}", *(f"  {line}" for line in more)]),
    names,
    st.sampled_from(["=", " = ", ":", ": "]),
    words,
    st.lists(further, max_size=2),
)
fillers = st.sampled_from(["", "# a comment", "; another = one", "#[no section]"])
sections = st.builds(
    lambda name, lines: "\n".join([f"[{name}]", *lines]),
    st.sampled_from(["DEFAULT", "default", "a", "A", "b", "c d"]),
    st.lists(assignments | fillers, max_size=5),
)
files = st.builds(
    lambda parts, end: "\n".join(parts) + end, st.lists(sections, max_size=4), st.sampled_from(["", "\n"])
)


@given(st.text(LETTERS + "=:\n\t"))
def test_nothing_is_lost_whatever_the_text(text: str) -> None:
    ini = parse(text)
    assert "\n".join(ini.lines) == text
    for one in ini.settings:
        assert 0 <= one.start < one.end <= len(ini.lines)
    assert merge(text, []).text == text


@given(files, st.lists(files, max_size=3))
def test_merging_again_changes_nothing(base: str, overrides: list[str]) -> None:
    once = merged(*overrides, base=base)
    assert merged(*overrides, base=once.text).text == once.text
    assert merged(base, base=base).text == base


@given(files, st.lists(files, min_size=1, max_size=3))
def test_overrides_win_and_nothing_else_changes(base: str, overrides: list[str]) -> None:
    done = merged(*overrides, base=base)
    expected = values(parse(base).settings)
    for text in overrides:
        expected |= values(parse(text).settings)
    assert values(parse(done.text).settings) == expected
    assert parse(done.text).faults == ()
    comments = [line for line in base.split("\n") if line.startswith(("#", ";"))]
    assert [line for line in done.text.split("\n") if line.startswith(("#", ";"))] == comments


@given(files, st.lists(files, min_size=1, max_size=3))
def test_every_line_of_an_override_is_in_or_lost(base: str, overrides: list[str]) -> None:
    done = merged(*overrides, base=base)
    told = [where for _, where in (*done.origins, *done.shadowed)]
    first: list[str] = []
    for number, text in enumerate(overrides):
        lines: dict[tuple[str, str], int] = {}
        for one in parse(text).settings:
            lines.setdefault((section_id(one.section), one.key), one.start + 1)
        first += [f"{number}.conf:{line}" for line in lines.values()]
    assert sorted(told) == sorted(first)
