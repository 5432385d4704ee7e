"""Which lines of an old version may be shown, given the new one."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skylift.plan.versions import Versions

NEW = "n3w-Passw0rd"


def versions(before: str, after: str) -> Versions:
    return Versions(before, after, lambda text: text.replace(NEW, "***"))


@pytest.mark.parametrize(
    ("old", "shown"),
    [
        ("auth admin:0ld", "auth admin:***"),
        ("auth admin:0ld # mine", "auth admin:***"),
        ("auth other:0ld", "auth other:0ld"),
        ("auth admin:", "auth admin:"),
    ],
)
def test_what_stands_where_a_password_stands(old: str, shown: str) -> None:
    assert versions(old, f"auth admin:{NEW}").old == [shown]


def test_several_in_a_line_and_a_line_of_nothing_else() -> None:
    assert versions("a=1;b=2;", f"a={NEW};b={NEW};").old == ["a=***;b=***;"]
    assert versions("a=1;b=;", f"a={NEW};b={NEW};").old == ["a=1;b=;"]
    assert versions("0ld\n", f"{NEW}\n").old == ["***"]
    assert versions("0ld\nis kept\nfirst\n", f"first\n{NEW}\n").old == ["***", "is kept", "first"]


def test_only_passwords_differ() -> None:
    both = versions("auth admin:0ld\nx\n", f"auth admin:{NEW}\nx\n")
    assert (both.diff, both.options) == ((), None)


def test_options_and_edits_are_each_others_opposite() -> None:
    both = versions("[a]\nx = 1\n", "[a]\nx = 2\n")
    assert both.options is not None
    assert both.edits is not None
    assert [str(one) for one in both.options] == ["[a] x: 1 → 2"]
    assert [str(one) for one in both.edits] == ["[a] x: 2 → 1"]


@given(st.text(), st.text())
def test_of_two_texts_without_passwords_nothing_is_lost(before: str, after: str) -> None:
    both = Versions(before, after, str)
    assert (both.diff == ()) == (both.old == both.new)


SECRETS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=12, max_size=40)
LINES = st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="*"), max_size=12)


@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=5), SECRETS)
def test_an_old_password_at_the_place_of_the_new_one_is_never_shown(around: list[tuple[str, str]], old: str) -> None:
    assume(old not in "".join(left + right for left, right in around))
    before, after = ("\n".join(f"{left}{word}{right}" for left, right in around) for word in (old, NEW))
    assert old not in "\n".join(versions(before, after).old)


def test_long_lines_with_many_passwords_take_no_longer() -> None:
    begun = time.process_time()
    versions("a" * 20_000, f"a{NEW}" * 30 + "b")
    assert time.process_time() - begun < 1
