"""What two versions of a file differ in, option by option."""

from __future__ import annotations

import configparser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.plan.options import OptionChange, differences, read


def test_sections_keys_and_values() -> None:
    text = "# c\n; d\n\n[DEFAULT]\ndebug = true\nlog:x=y\n[a b]\nkey=\n"
    assert read(text) == {("DEFAULT", "debug"): "true", ("DEFAULT", "log"): "x=y", ("a b", "key"): ""}


def test_repeated_options_are_joined_and_further_lines_belong_to_the_value() -> None:
    assert read("[a]\nx = 1\nx = 2\n") == {("a", "x"): "1, 2"}
    assert read("[a]\nx = 1\n  2\n\t3\n") == {("a", "x"): "1\n2\n3"}


def test_a_key_without_a_sign_has_no_value_inside_a_section() -> None:
    assert read("[mysqld]\nskip-name-resolve\n") == {("mysqld", "skip-name-resolve"): ""}


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\nexec run\n",
        '{"a": 1}\n',
        "  indented = first\n",
        "CREATE USER 'a'@'b' IDENTIFIED BY 'c';\n",
        "[a]\nexport X='1'\n",
        "<a>\n",
        "def f(x): return 1\n",
        "bare\n",
    ],
)
def test_what_is_no_list_of_options(text: str) -> None:
    assert read(text) is None
    assert differences(text, "[a]\nx = 1\n") is None
    assert differences("[a]\nx = 1\n", text) is None


def test_differences_in_words() -> None:
    found = differences("top = 1\n[a]\nx = 1\ny = \nz = 3\n", "top = 2\n[a]\nx = 1\ny = 5\n[b]\nw = " + "v" * 60)
    assert found is not None
    assert [str(one) for one in found] == [
        "top: 1 → 2",
        "[a] y: empty → 5",
        "[a] z is no longer set (it was 3)",
        "[b] w = " + "v" * 45 + "…",
    ]
    assert [one.place for one in found] == ["top", "[a] y", "[a] z", "[b] w"]


def test_several_lines_are_told_in_one() -> None:
    assert str(OptionChange("a", "x", "1\n2", "1\n3")) == "[a] x: 1 2 → 1 3"


NAMES = st.text("abcdefghijklmnopqrstuvwxyz_.-0123456789", min_size=1, max_size=12)
VALUES = st.text(st.characters(codec="ascii", exclude_characters="\n\r\x0b\x0c\x1c\x1d\x1e"), max_size=20).map(
    str.strip
)
FILES = st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, min_size=1, max_size=4), max_size=4)


def written(sections: dict[str, dict[str, str]]) -> str:
    lines = []
    for name, options in sections.items():
        lines += [f"[{name}]", *(f"{key} = {value}" for key, value in options.items())]
    return "\n".join(lines) + "\n"


@given(FILES)
def test_what_was_written_is_read(sections: dict[str, dict[str, str]]) -> None:
    assert read(written(sections)) == {
        (name, key): value for name, options in sections.items() for key, value in options.items()
    }


@given(FILES, FILES)
def test_differences_are_just_those_that_there_are(
    old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]
) -> None:
    found = differences(written(old), written(new))
    assert found is not None
    before, after = ({(name, key): value for name in side for key, value in side[name].items()} for side in (old, new))
    assert {(one.section, one.key): (one.old, one.new) for one in found} == {
        place: (before.get(place), after.get(place))
        for place in before.keys() | after.keys()
        if before.get(place) != after.get(place)
    }
    assert differences(written(old), written(old)) == ()


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


@given(FILES)
def test_it_reads_what_the_standard_library_reads(sections: dict[str, dict[str, str]]) -> None:
    parser = configparser.RawConfigParser(default_section="", comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(written(sections))
    assert read(written(sections)) == {
        (name, key): value for name in parser.sections() for key, value in parser.items(name)
    }
