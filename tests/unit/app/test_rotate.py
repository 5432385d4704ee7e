"""New passwords replace old ones in the text, and only those that can be replaced."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest

from skylift import services
from skylift.app.rotate import rotate
from skylift.model.problem import Problem
from skylift.model.service import Password, Service
from skylift.settings import load_passwords, passwords_of
from skylift.settings.document import parse

DECLARED = (
    Service(
        "nova",
        "Compute",
        Path(),
        passwords=(
            Password("nova_password"),
            Password("shared_password"),
            Password("nova_uuid", "uuid"),
            Password("nova_hex", "hex"),
            Password("demo_key", "ssh-key", "guests have it"),
        ),
    ),
    Service(
        "octavia",
        "Load balancers",
        Path(),
        passwords=(Password("octavia_password"), Password("shared_password")),
        enabled_by="enable_octavia",
    ),
)
WORDS = [one for service in DECLARED for one in service.passwords]


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "load", lambda: DECLARED)


def values(text: str) -> dict[str, object]:
    return {key: entry.value for key, entry in parse("passwords.yml", text).entries.items()}


def test_the_named_password_changes_and_nothing_else(tmp_path: Path) -> None:
    load_passwords(tmp_path, WORDS)
    path = tmp_path / "passwords.yml"
    path.write_text("# mine\nother: 'keep me'  # really\n" + path.read_text().replace("_word", "_word  # c"))
    edit = rotate(tmp_path, ["nova_password", "nova_password"])
    old, new = values(edit.before), values(edit.after)
    assert {key for key in old if old[key] != new[key]} == {"nova_password"}
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{39}", str(new["nova_password"]))
    lines = zip(edit.before.splitlines(), edit.after.splitlines(), strict=True)
    assert sum(one != other for one, other in lines) == 1
    assert (edit.verb, edit.names, edit.diff) == ("rotate", ("nova_password",), ())


def test_the_file_stays_private(tmp_path: Path) -> None:
    load_passwords(tmp_path, WORDS)
    edit = rotate(tmp_path, [], every=True)
    edit.save()
    path = tmp_path / "passwords.yml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == edit.after
    assert not load_passwords(tmp_path, WORDS).notices


def test_all_are_those_that_can_be_replaced(tmp_path: Path) -> None:
    load_passwords(tmp_path, WORDS)
    edit = rotate(tmp_path, [], every=True)
    old, new = values(edit.before), values(edit.after)
    assert {key for key in old if old[key] != new[key]} == set(old) - {"demo_key"}
    assert uuid.UUID(str(new["nova_uuid"]))
    assert re.fullmatch(r"[0-9a-f]{32}", str(new["nova_hex"]))
    assert 'nova_hex: "' in edit.after


def test_passwords_of_a_service_that_is_off_stay(tmp_path: Path) -> None:
    (tmp_path / "globals.yml").write_text("enable_octavia: no\n")
    load_passwords(tmp_path, WORDS)
    assert "octavia_password" not in rotate(tmp_path, [], every=True).names
    assert "shared_password" in rotate(tmp_path, [], every=True).names
    with pytest.raises(Problem) as caught:
        rotate(tmp_path, ["octavia_password"])
    assert (caught.value.code, caught.value.detail) == (
        "password-fixed",
        "octavia_password: octavia is off: skylift enable octavia",
    )


def test_what_cannot_be_replaced_says_why(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        rotate(tmp_path, ["nova_password", "demo_key"])
    assert (caught.value.code, caught.value.detail) == ("password-fixed", "demo_key: guests have it")


def test_the_nearest_password_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        rotate(tmp_path, ["nova_pasword"])
    assert (caught.value.code, caught.value.fix) == ("passwords-unknown", "Did you mean nova_password?")


def test_old_and_new_are_masked_in_the_run(tmp_path: Path) -> None:
    former = load_passwords(tmp_path, WORDS)
    edit = rotate(tmp_path, ["nova_password", "nova_hex"])
    now = passwords_of(edit.after, WORDS, former)
    old, new = former.get("nova_password").reveal(), now.get("nova_password").reveal()
    assert old != new
    kept = former.get("shared_password").reveal()
    assert now.mask(f"{old} {new} {kept} {former.get('nova_hex').reveal()}") == "*** *** *** ***"


def test_every_declaration_of_ours_can_be_replaced_or_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    declared = services.load()
    switches = "".join(f"{one.enabled_by}: yes\n" for one in declared if one.enabled_by)
    (tmp_path / "globals.yml").write_text(switches)
    edit = rotate(tmp_path, [], every=True)
    passwords = {one for service in declared for one in service.passwords}
    assert {one.name for one in passwords} - set(edit.names) == {one.name for one in passwords if one.fixed}
    assert values(edit.before).keys() == values(edit.after).keys()
