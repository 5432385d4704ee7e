"""What leaves the machine: no known secret in any form, nothing that looks like one, and all else as it was."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from skylift.model.hidden import hidden_values
from skylift.model.hidden_traffic import hide_traffic, secret_key
from skylift.settings.known_secrets import known_secrets, password_names
from skylift.settings.scrub import SHORTEST, Scrub

ANY = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=SHORTEST, max_size=40)
SECRETS = st.lists(ANY.filter(lambda value: len(value.strip()) >= SHORTEST), min_size=1, max_size=4)
WORD = st.from_regex(r"[A-Za-z0-9$%/+=_.!-]{6,44}", fullmatch=True)


def as_base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": quote,
    "quoted whole": lambda value: quote(value, safe=""),
    "quoted plus": quote_plus,
    "base64": as_base64,
    "base64 for URLs": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "JSON": lambda value: json.dumps(value)[1:-1],
    "JSON as it is": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "Python": lambda value: repr(value)[1:-1],
    "oslo.config": lambda value: value.replace("$", "$$"),
}


@given(SECRETS, st.sampled_from(sorted(FORMS)), st.text(), st.text())
@example(["p ssword"], "quoted plus", "", "")
def test_no_form_of_a_secret_is_left_in_text(secrets: list[str], form: str, before: str, after: str) -> None:
    text = before + "".join(f"{FORMS[form](secret)}{after}" for secret in secrets)
    left = Scrub(secrets).text(text)
    for secret in secrets:
        assert secret not in left
        assert FORMS[form](secret) not in left


@given(SECRETS, st.sampled_from(sorted(FORMS)), st.text(max_size=20))
def test_no_form_of_a_secret_is_left_in_data(secrets: list[str], form: str, word: str) -> None:
    made = [FORMS[form](secret) for secret in secrets]
    data = {"lines": [f"{word}{one}" for one in made], **{one: {"deep": one} for one in made}, "n": 1, "none": None}
    left = json.dumps(Scrub(secrets).data(data), ensure_ascii=False)
    assert not [one for one in (*secrets, *made) if one in left or json.dumps(one)[1:-1] in left]
    assert '"none": null' in left


@given(
    st.lists(WORD, min_size=1, max_size=3),
    st.sampled_from(["plain", "base64", "quoted whole"]),
    st.sampled_from(["\n", "\r\n", "\n    ", "\\\n", '"\n  "', "\\n", "\n2026-11-30T21:00:00.123456789Z "]),
    st.integers(1, 60),
)
@example(["00000="], "plain", "\\\n", 1)
def test_a_secret_that_is_split_over_lines_is_found(secrets: list[str], form: str, gap: str, width: int) -> None:
    made = [FORMS[form](secret) for secret in secrets]
    split = [gap.join(one[n : n + width] for n in range(0, len(one), width)) for one in made]
    left = Scrub(secrets).known("first line\n" + "\n".join(split) + "\nlast line\n")
    joined = left.replace(gap, "")
    assert not [one for one in made if one in joined or one in left]
    assert left.startswith("first line\n") and left.endswith("last line\n")


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=SHORTEST - 1), max_size=5), st.text())
def test_short_ones_are_passed_over(short: list[str], text: str) -> None:
    assert Scrub(short).known(text) == text


def test_a_short_password_is_hidden_where_its_place_tells() -> None:
    scrub = Scrub(["nova", "admin"])
    assert scrub.text("nova.api started as admin") == "nova.api started as admin"
    assert scrub.text("mysql+pymysql://nova:nova@10.0.0.2/nova") == "mysql+pymysql://nova:***@10.0.0.2/nova"
    assert scrub.data({"admin_password": "admin", "user": "admin"}) == {"admin_password": "***", "user": "admin"}


@given(st.text(), st.lists(WORD, max_size=2))
def test_lines_stay_and_twice_is_as_once(text: str, secrets: list[str]) -> None:
    assume("PRIVATE KEY" not in text)
    scrub = Scrub(secrets)
    once = scrub.text(text)
    assert scrub.text(once) == once
    assert once.count("\n") == text.count("\n")


def test_what_is_no_secret_is_left_alone() -> None:
    line = (
        '2026-11-30T21:00:00.1Z 7 INFO nova.api [None req-3f2a 4b1c - default] 10.0.0.2 "GET /v2.1/servers" status: 200'
        " sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 token_provider = fernet\n"
    )
    scrub = Scrub(["0123456789abcdef"])
    assert scrub.text(line) == line
    data = {"enable_heat": True, "fernet_token_expiry": 7200, "tokens": 3, "password": None, "names": ["nova"]}
    assert scrub.data(data) == data


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x password=abc y", "x password=*** y"),
        ("GET /a?token=abc&b=1", "GET /a?token=***&b=1"),
        ("a userPassword: abc, b: c", "a userPassword: ***, b: c"),
        ("transport_url=rabbit://u:pw@h:5672//", "transport_url=rabbit://u:***@h:5672//"),
        ('-H "X-Auth-Token: {SHA256}ab" -H "Accept: x"', '-H "X-Auth-Token: ***" -H "Accept: x"'),
        ("{'X-Subject-Token': 'ab', 'a': 'b'}", "{'X-Subject-Token': '***', 'a': 'b'}"),
        ("('Set-Cookie', 'a=b; c')", "('Set-Cookie', '***')"),
        ("> Authorization: Basic dXNlcjpwdw==\r\n> Accept: x", "> Authorization: ***\r\n> Accept: x"),
        ('x Authorization: Digest username="a", response="b"', "x Authorization: ***"),
        ("a Cookie: sessionid=ab; csrftoken=cd", "a Cookie: ***"),
        (r'"{\"password\": \"a\\\"b\", \"c\": 1}"', r'"{\"password\": \"***\", \"c\": 1}"'),
        ("b'token': b'abc'", "b'token': b'***'"),
        ("got gAAAAABnabcdefghijklmnopqrstuvwxyz_-0123== here", "got *** here"),
        ("key " + as_base64("k" * 32) + " read", "key *** read"),
        ("key = AQ" + "B" * 36 + "==", "key = ***"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln", "***"),
        ("password is None: password=None token: null", "password is None: password=None token: null"),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n", "a\n-----BEGIN RSA PRIVATE KEY-----\n***\n"),
        ("MIIabc\nE=\n-----END PRIVATE KEY-----\nb", "***\n-----END PRIVATE KEY-----\nb"),
        ("DB_PASSWORD=abc", "DB_PASSWORD=***"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_hidden(text: str, left: str) -> None:
    assert hide_traffic(text) == left
    assert hide_traffic(left) == left


@pytest.mark.parametrize("key", ["password", "admin_password", "adminPass", "OS_TOKEN", "X-Auth-Token", "Set-Cookie"])
def test_what_stands_under_such_a_key_is_hidden(key: str) -> None:
    assert secret_key(key)
    value: dict[str, Any] = {key: [1, "a", {"b": "c"}, True]}
    assert Scrub(()).data(value) == {key: ["***", "***", {"b": "***"}, True]}


def test_a_number_that_is_a_password() -> None:
    assert Scrub(["123456"]).data({"a": 91234567, "b": 12345}) == {"a": "***", "b": 12345}


def test_values_in_places_of_passwords_are_told() -> None:
    found = set(hidden_values("[ldap]\nurl = ldap://a:p%40ss@h\nPassword = 'long one'  # mine\n"))
    assert {"p@ss", "long one"} <= found


PASSWORDS = """\
nova_password: 'first-secret'   # mine
rbd_secret_uuid: 0c1ed5a6-58a1-4c53-a0f4-5d1d37f7c8a1
empty:
key:
  private_key: |
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIA0123456789
    -----END PRIVATE KEY-----
  public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5
"""


@pytest.mark.parametrize("damage", ["", "broken: [\n", "a: b: c\n", "\tx\n"])
def test_secrets_are_known_however_broken_their_file_is(tmp_path: Path, damage: str) -> None:
    (tmp_path / "passwords.yml").write_text(PASSWORDS + damage)
    (tmp_path / "globals.yml").write_text("keystone_admin_password: misplaced\n")
    (tmp_path / "clouds.yaml").write_text('clouds:\n  a:\n    auth:\n      password: "former-one"\n')
    found = known_secrets(tmp_path, {"config/keystone.conf": "[ldap]\npassword = outsider\nx_token = {{ token }}\n"})
    left = Scrub(found).known("first-secret 0c1ed5a6-58a1-4c53-a0f4-5d1d37f7c8a1 misplaced former-one outsider "
                              "MC4CAQAwBQYDK2VwBCIEIA0123456789")  # fmt: skip
    assert re.fullmatch(r"(\*\*\* ?){6}", left)
    if not damage:
        assert Scrub(found).known("AAAAC3NzaC1lZDI1NTE5") == "AAAAC3NzaC1lZDI1NTE5"
        assert password_names(tmp_path) == ["key", "nova_password", "rbd_secret_uuid"]


def test_a_folder_that_is_not_there_has_no_secrets(tmp_path: Path) -> None:
    assert known_secrets(tmp_path / "no", {}) == frozenset()
    assert Scrub(()).text("as it was") == "as it was"
