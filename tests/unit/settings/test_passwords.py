"""passwords.yml: completed, never shortened, never readable by others; and nothing of it in any text."""

from __future__ import annotations

import base64
import json
import re
import uuid
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.model.service import Password
from skylift.settings import Passwords, load_passwords
from skylift.settings.complaints import SUMMARIES
from skylift.settings.document import parse
from skylift.settings.password_file import complete

DECLARED = (
    Password("nova_password"),
    Password("rbd_secret_uuid", "uuid"),
    Password("horizon_secret_key", "hex"),
    Password("nova_ssh_key", "ssh-key"),
)


def load(folder: Path, text: str | None = None, mode: int = 0o600) -> Passwords:
    if text is not None:
        (folder / "passwords.yml").write_text(text)
        (folder / "passwords.yml").chmod(mode)
    return load_passwords(folder, DECLARED)


def written(folder: Path) -> str:
    return (folder / "passwords.yml").read_text()


def test_everything_is_generated_where_there_is_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    made = load(folder)
    assert (folder.stat().st_mode & 0o777, (folder / "passwords.yml").stat().st_mode & 0o777) == (0o700, 0o600)
    assert re.fullmatch(r"[A-Za-z0-9]{40}", made.get("nova_password").reveal())
    assert uuid.UUID(made.get("rbd_secret_uuid").reveal()).version == 4
    assert re.fullmatch(r"[0-9a-f]{32}", made.get("horizon_secret_key").reveal())
    assert made.get("nova_ssh_key.public_key").reveal().startswith("ssh-ed25519 ")
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    load_ssh_private_key(made.get("nova_ssh_key.private_key").reveal().encode(), None)
    assert "4 passwords generated" in made.notices[0].text


def test_a_second_time_nothing_changes(tmp_path: Path) -> None:
    first, text = load(tmp_path), written(tmp_path)
    before = (tmp_path / "passwords.yml").stat().st_mtime_ns
    second = load(tmp_path)
    assert second.all() == first.all()
    assert (written(tmp_path), (tmp_path / "passwords.yml").stat().st_mtime_ns) == (text, before)
    assert second.notices == ()


def test_what_the_user_wrote_stays(tmp_path: Path) -> None:
    text = "# mine\nnova_password: 'old one'   # keep\n\nsomething_else:\n  - 1 # odd\nrbd_secret_uuid:  # fill\n"
    made = load(tmp_path, text.replace("  - 1 # odd", " x"))
    kept = written(tmp_path)
    assert kept.startswith("# mine\nnova_password: 'old one'   # keep\n\nsomething_else:\n x\nrbd_secret_uuid: ")
    assert re.search(r"^rbd_secret_uuid: [0-9a-f-]{36}  # fill$", kept, re.MULTILINE)
    assert made.get("nova_password").reveal() == "old one"
    assert made.get("something_else").reveal() == "x"


@pytest.mark.parametrize("null", ["", " ", " ~", " null", " Null", "  # comment"])
def test_null_means_to_generate(tmp_path: Path, null: str) -> None:
    made = load(tmp_path, f"nova_password:{null}\nother: x\n")
    assert len(made.get("nova_password").reveal()) == 40
    assert "\nother: x\n" in written(tmp_path)
    assert written(tmp_path).count("nova_password") == 1


def test_kollas_registry_password_may_stay_empty(tmp_path: Path) -> None:
    made = load(tmp_path, "docker_registry_password:\n")
    assert made.optional("docker_registry_password") is None
    assert "docker_registry_password:\n" in written(tmp_path)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o666, 0o604])
def test_a_file_that_others_may_read_is_mended(tmp_path: Path, mode: int) -> None:
    load(tmp_path)
    made = load(tmp_path, written(tmp_path), mode)
    assert (tmp_path / "passwords.yml").stat().st_mode & 0o777 == 0o600
    assert [notice.level for notice in made.notices] == ["warning"]
    assert f"{mode:04o}" in made.notices[0].text


def test_a_stricter_mode_stays(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "passwords.yml").chmod(0o400)
    assert load(tmp_path).notices == ()
    assert (tmp_path / "passwords.yml").stat().st_mode & 0o777 == 0o400


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yml").write_text("nova_password: long enough\n")
    (tmp_path / "real.yml").chmod(0o600)
    (tmp_path / "passwords.yml").symlink_to("real.yml")
    load(tmp_path)
    assert (tmp_path / "passwords.yml").is_symlink()
    assert "rbd_secret_uuid" in (tmp_path / "real.yml").read_text()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["passwords.yml", "real.yml"]


@pytest.mark.parametrize(
    ("text", "line", "code", "words"),
    [
        ("nova_password: ''", 1, "passwords-value", "empty"),
        ("\nnova_password: [a]", 2, "passwords-value", "single value"),
        ("nova_password: {a: b}", 1, "passwords-value", "single value"),
        ("nova_password: |\n  a\n  b\n", 1, "passwords-value", "line break"),
        ("nova_password: !vault x", 1, "passwords-value", "!vault"),
        ("rbd_secret_uuid: x", 1, "passwords-value", "UUID"),
        ("horizon_secret_key: xyz", 1, "passwords-value", "hexadecimal"),
        ("nova_ssh_key: x", 1, "passwords-value", "private_key"),
        ("nova_ssh_key: {private_key: x}", 1, "passwords-value", "public_key"),
        ("other: [x]", 1, "passwords-value", "single value"),
        ("nova_password: a: b", 1, "settings-yaml", "colon"),
        ("nova_password: a\nnova_password: b", 2, "settings-duplicate-key", "line 1"),
        ("- a", 1, "settings-not-a-mapping", "list"),
        ("{nova_password: long-enough}", 1, "settings-yaml", "braces"),
    ],
)
def test_a_malformed_file_is_a_problem_and_stays(tmp_path: Path, text: str, line: int, code: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        load(tmp_path, text)
    assert (caught.value.code, caught.value.where) == (code, f"passwords.yml:{line}")
    assert words in caught.value.detail
    assert written(tmp_path) == text


def test_text_behind_the_end_of_the_document_is_not_broken(tmp_path: Path) -> None:
    with pytest.raises(Problem):
        load(tmp_path, "nova_password: x\n...\n")
    assert written(tmp_path) == "nova_password: x\n...\n"


def test_an_unknown_name_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="nothing declares glance_password"):
        load(tmp_path).get("glance_password")


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem) as caught:
        load_passwords(tmp_path / "file" / "folder", DECLARED)
    assert caught.value.code in ("settings-unwritable", "settings-unreadable")


LINES = st.lists(
    st.one_of(
        st.from_regex(r"# [a-z ]{0,10}", fullmatch=True),
        st.just(""),
        st.from_regex(r"[a-z]{1,4}_key: [A-Za-z0-9]{1,8}( # [a-z]+)?", fullmatch=True),
        st.sampled_from(["nova_password:", "nova_password: ~ # x", "rbd_secret_uuid: null", "'nova_ssh_key' :  "]),
        st.just("block: |\n  text\n\n  more"),
        st.just("folded: >-\n  text\n  more"),
    ),
    max_size=8,
)


@given(LINES, st.sampled_from(["", "\n", "\n\n"]))
@example(["block: |+\n  text"], "")
def test_what_is_added_leaves_every_other_line_alone(lines: list[str], end: str) -> None:
    text = "\n".join(lines) + end
    document = parse("passwords.yml", text)
    if document.problems:
        return
    missing = [one for one in DECLARED if one.name not in document.entries or document.entries[one.name].value is None]
    made = complete(document, missing)
    names = tuple(name for one in DECLARED for name in (f"{one.name}:", f"'{one.name}'"))
    others = [line for line in text.split("\n") if line and not line.startswith(names)]
    left = iter(made.split("\n"))
    assert all(line in left for line in others)
    after = parse("passwords.yml", made)
    assert not after.problems
    assert all(after.entries[one.name].value for one in DECLARED)


@given(st.text())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_gives_anything_but_passwords_or_a_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "passwords.yml").write_bytes(text.encode())
    (tmp_path / "passwords.yml").chmod(0o600)
    try:
        made = load(tmp_path)
    except Problem as problem:
        assert problem.code in SUMMARIES
        assert (tmp_path / "passwords.yml").read_bytes() == text.encode()
    else:
        assert {"nova_password", "nova_ssh_key.private_key"} <= made.all().keys()


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=1, max_size=30)


@given(TEXT, TEXT, st.text(), st.text())
def test_no_form_of_a_password_is_left(password: str, other: str, before: str, after: str) -> None:
    passwords = Passwords({"a": Secret(password), "b": Secret(other)})
    forms = [password, quote(password), quote(password, safe=""), quote_plus(password), json.dumps(password)[1:-1]]
    forms += [base64.b64encode(password.encode()).decode(), base64.urlsafe_b64encode(password.encode()).decode()]
    for form in forms:
        masked = passwords.mask(f"{before}{form}{after}")
        assert password not in masked
        assert other not in masked
    if len(password) >= 12:
        header = base64.b64encode(f"user:{password}".encode()).decode()
        assert passwords.mask(header) != header


@given(st.binary(max_size=4), st.from_regex(r"[A-Za-z0-9]{40}", fullmatch=True), st.binary(max_size=4))
def test_base64_of_a_longer_text_does_not_give_the_password_away(before: bytes, password: str, after: bytes) -> None:
    masked = Passwords({"a": Secret(password)}).mask(base64.b64encode(before + password.encode() + after).decode())
    # At most the letters at both ends, which hold bits of their neighbours, are left.
    assert len(masked.replace("***", "")) <= len(base64.b64encode(before + after)) + 8


def test_each_line_of_a_key_is_masked(tmp_path: Path) -> None:
    made = load(tmp_path)
    key = made.get("nova_ssh_key.private_key").reveal()
    for line in key.splitlines()[1:-1]:
        if len(line) >= 16:
            assert made.mask(f"log: {line} end") == "log: *** end"
    public = made.get("nova_ssh_key.public_key").reveal()
    assert made.mask(public) == public


def test_nothing_shows_a_password(tmp_path: Path) -> None:
    made = load(tmp_path)
    shown = f"{made!r} {made.all()} {made.get('nova_password')} {made.notices}"
    assert made.mask(shown) == shown
