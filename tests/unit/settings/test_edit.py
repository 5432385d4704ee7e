"""Editing globals.yml by key: only that key changes, and everything else stays byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.model.problem import Problem
from skylift.settings.document import parse
from skylift.settings.edit import drop, put

STOCK = """\
---
# You can use this file to override _any_ variable throughout Kolla.

###################
# Ansible options
###################

#openstack_release: "2026.2"
#node_custom_config: "{{ node_config }}/config"

# Name servers of guests:
#neutron_dns_servers:
#  - 8.8.8.8
#  - 1.1.1.1

enable_octavia: "yes"   # we need it
openstack_region_name:   'North'
DEMO_NET_DNS:  # resolvers
  # the first
  - 8.8.8.8
  - 1.1.1.1
# nova
nova_compute_virt_type: qemu
"""


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("enable_octavia", "no", 'enable_octavia: "yes"   #', 'enable_octavia: "no"   #'),
        ("openstack_region_name", "it's", "'North'", "'it''s'"),
        ("nova_compute_virt_type", "kvm", "type: qemu", "type: kvm"),
        ("nova_compute_virt_type", "a: b", "type: qemu", 'type: "a: b"'),
        ("nova_compute_virt_type", "null", "type: qemu", 'type: "null"'),
        ("nova_compute_virt_type", "", "type: qemu", 'type: ""'),
        (
            "DEMO_NET_DNS",
            "9.9.9.9",
            ":  # resolvers\n  # the first\n  - 8.8.8.8\n  - 1.1.1.1\n",
            ": 9.9.9.9  # resolvers\n  # the first\n",
        ),
        (
            "openstack_release",
            "2026.2",
            '#openstack_release: "2026.2"\n',
            '#openstack_release: "2026.2"\nopenstack_release: "2026.2"\n',
        ),
        ("neutron_dns_servers", "9.9.9.9", "#  - 1.1.1.1\n", "#  - 1.1.1.1\nneutron_dns_servers: 9.9.9.9\n"),
        (
            "openstack_logging_debug",
            "yes",
            "nova_compute_virt_type: qemu\n",
            "nova_compute_virt_type: qemu\nopenstack_logging_debug: yes\n",
        ),
    ],
)
def test_a_key_is_set_where_it_belongs(key: str, value: str, old: str, new: str) -> None:
    assert STOCK.count(old) == 1
    assert put(STOCK, key, value) == STOCK.replace(old, new)


def test_a_truth_value_that_is_meant_as_text_gets_quotes() -> None:
    assert put("a: b\n", "a", "yes", quoted=True) == 'a: "yes"\n'
    assert put("a: yes\n", "a", "yes", quoted=True) == 'a: "yes"\n'
    assert put("", "a", "yes", quoted=True) == 'a: "yes"\n'


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("enable_octavia", 'enable_octavia: "yes"   # we need it\n', "# we need it\n"),
        ("nova_compute_virt_type", "nova_compute_virt_type: qemu\n", ""),
        ("DEMO_NET_DNS", "DEMO_NET_DNS:  # resolvers\n  # the first\n  - 8.8.8.8\n  - 1.1.1.1\n", ""),
        ("never_there", "", ""),
    ],
)
def test_a_key_is_taken_out(key: str, old: str, new: str) -> None:
    assert drop(STOCK, key) == (STOCK.replace(old, new) if old else STOCK)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "k: v\n"),
        ("# only a comment", "# only a comment\nk: v\n"),
        ("a: 1", "a: 1\nk: v\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\r\nb: 2\r\nk: v\r\n"),
        ("  a: 1\n  b: 2\n", "  a: 1\n  b: 2\n  k: v\n"),
        ("a: |\n  #k: x\n  y\nb: 1\n", "a: |\n  #k: x\n  y\nb: 1\nk: v\n"),
        ("k:\nb: 1\n", "k: v\nb: 1\n"),
        ("k: ~ # nothing\n", "k: v # nothing\n"),
        ('"k" :  old\n', '"k" :  v\n'),
        ("k:\n  old\nb: 1\n", "k: v\nb: 1\n"),
        ("? k\n: old\n", "? k\n: v\n"),
    ],
)
def test_all_forms_of_files(before: str, after: str) -> None:
    assert put(before, "k", "v") == after


@pytest.mark.parametrize("text", ["{a: b}\n", "a: [b\n", "a: &x 1\nb: *x\n", "- a\n"])
def test_a_file_that_cannot_be_edited_by_line_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        put(text, "a", "2")
    assert caught.value.code in ("settings-yaml", "settings-not-a-mapping")
    assert caught.value.fix


def test_an_alias_is_not_broken_by_taking_its_anchor_out() -> None:
    with pytest.raises(Problem, match="valid YAML"):
        drop("a: &x 1\nb: *x\n", "a")


KEYS = st.sampled_from(["alpha", "beta", "gamma", "delta"])
PLAIN = st.text("abcxyz019./-", min_size=1, max_size=8).filter(lambda text: text[0].isalnum())
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
COMMENT = st.text("abc #:'\"-", max_size=8).map(lambda text: f"# {text}".rstrip())


@st.composite
def files(draw: st.DrawFn) -> str:
    """Return a globals.yml with comments, blank lines, quotes, lists and commented-out keys."""
    lines = draw(st.sampled_from([[], ["---"], ["# head", ""]]))
    for key in draw(st.lists(KEYS, unique=True)):
        lines = lines + draw(st.lists(COMMENT | st.just("") | KEYS.map(lambda name: f"#{name}: old"), max_size=2))
        value = draw(PLAIN)
        tail = draw(st.sampled_from(["", "  # why", " #"]))
        lines.append(
            draw(
                st.sampled_from(
                    [
                        f"{key}: {value}{tail}",
                        f'{key}:   "{value}"{tail}',
                        f"{key}: '{value}'{tail}",
                        f"{key}:{tail}\n  - {value}\n  - b{tail}",
                        f"{key}: [{value}, c]{tail}",
                        f"{key}:{tail}",
                        f"{key}: |\n  {value}\n  # text",
                    ]
                )
            )
        )
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    text = newline.join("\n".join(lines).split("\n"))
    return text + draw(st.sampled_from(["", newline])) if text else text


def without(text: str, key: str) -> list[tuple[str, str]]:
    """Return the other keys' values; a block at the end of a file may gain the newline that it lacked."""
    return [(one.key, str(one.value).rstrip("\n")) for one in parse("f", text).entries.values() if one.key != key]


def own_lines(text: str) -> list[str]:
    """Return the comments that stand on lines of their own at the file's left edge."""
    return [line for line in text.splitlines() if line.startswith("#")]


@given(files(), KEYS, PLAIN | ANY)
def test_setting_changes_that_key_alone_and_twice_is_once(text: str, key: str, value: str) -> None:
    changed = put(text, key, value)
    entry = parse("f", changed).entries[key]
    assert (entry.value, entry.tag) == (value, "")
    assert without(changed, key) == without(text, key)
    assert own_lines(changed) == own_lines(text)
    assert changed.count("# why") >= text.count("# why") - 1
    assert put(changed, key, value) == changed


@given(files(), KEYS, PLAIN)
def test_taking_out_leaves_the_rest_and_undoes_setting(text: str, key: str, value: str) -> None:
    left = drop(text, key)
    assert key not in parse("f", left).entries
    assert without(left, key) == without(text, key)
    assert drop(left, key) == left
    kept = own_lines(left)
    assert all(line in kept for line in own_lines(text))
    if left.endswith("\n") or not left:
        assert drop(put(left, key, value), key) == left


@given(files(), KEYS, PLAIN)
def test_the_other_lines_stay_byte_by_byte(text: str, key: str, value: str) -> None:
    before, after = text.splitlines(keepends=True), put(text, key, value).splitlines(keepends=True)
    entry = parse("f", text).entries.get(key)
    if entry is not None and isinstance(entry.value, str) and not entry.value.count("\n"):
        assert [number for number, line in enumerate(before) if after[number] != line] in ([], [entry.line - 1])
    elif entry is None and (text.endswith("\n") or not text):
        rest = [line for line in after if not line.startswith(f"{key}:")]
        assert rest == [line for line in before if not line.startswith(f"{key}:")]
