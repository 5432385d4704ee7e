"""Settings that are wrong: each is a Problem with file and line, and the folder stays byte for byte as it was."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.settings.fixtures import SERVICES
from tests.unit.settings.malformed.edit_rows import SET, UNSET
from tests.unit.settings.malformed.file_rows import FILES, Row
from tests.unit.settings.malformed.generated import Case, cases
from tests.unit.settings.malformed.globals_rows import ROWS
from tests.unit.settings.malformed.override_rows import OVERRIDES
from tests.unit.settings.malformed.password_rows import PASSWORDS
from tests.unit.settings.malformed.place import passwords, plan, planned, refused, snapshot

from skylift.app.change_edits import set_key, unset_key
from skylift.model.problem import Problem
from skylift.settings import load, load_text

GENERATED = cases()
FUZZ = string.ascii_letters + string.digits + " \n\t:-'\"#[]{},&*!|>%@`?.\\<=~\x00\ufeffé😀"


def name(row: tuple[object, ...]) -> str:
    return ascii(row[0])[:50]


def check(folder: Path, file: str, line: int, code: str, words: str) -> tuple[Problem, ...]:
    """Assert that the folder is refused, for this reason, without a change in it."""
    before = snapshot(folder)
    found = refused(lambda: plan(folder))
    assert found, "accepted"
    assert (found[0].code, found[0].where) == (code, f"{file}:{line}" if line else file)
    assert words in found[0].detail
    assert found[0].summary
    assert snapshot(folder) == before
    return found


def test_the_tables_are_as_large_as_the_bar_asks() -> None:
    assert len(ROWS) + len(PASSWORDS) + len(OVERRIDES) + len(FILES) + len(SET) + len(UNSET) >= 200
    assert len(GENERATED) >= 200
    texts = [case.text for case in GENERATED] + [row[0] for row in ROWS]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_globals(tmp_path: Path, row: tuple[str, int, str, str]) -> None:
    text, line, code, words = row
    (tmp_path / "globals.yml").write_bytes(text.encode())
    if code in ("requirement-missing", "subnet-unfit", "external-range-unfit") or "no free address" in words:
        # What is found only when all of the folder was read: passwords are there by then.
        (tmp_path / "passwords.yml").write_text(passwords())
        (tmp_path / "passwords.yml").chmod(0o600)
    check(tmp_path, "globals.yml", line, code, words)
    key = "openstack_service_workers" if "debug" in text else "openstack_logging_debug"
    value = "2" if "debug" in text else "yes"
    before = snapshot(tmp_path)
    found = refused(lambda: planned(tmp_path, lambda: set_key(tmp_path, key, value)))
    # The line that is added may move others, and never mends them.
    assert code in [one.code for one in found]
    assert all(one.where.startswith("globals.yml") for one in found)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("row", PASSWORDS, ids=name)
def test_passwords(tmp_path: Path, row: tuple[str, int, str, str]) -> None:
    text, line, code, words = row
    (tmp_path / "passwords.yml").write_bytes(text.encode())
    (tmp_path / "passwords.yml").chmod(0o640)
    for one in check(tmp_path, "passwords.yml", line, code, words):
        assert "s3cr" not in str(one), "the password is shown"


@pytest.mark.parametrize("row", OVERRIDES, ids=lambda row: f"{row[0]} {ascii(row[1])[:40]}")
def test_overrides(tmp_path: Path, row: tuple[str, bytes, int, str, str]) -> None:
    file, raw, line, code, words = row
    (tmp_path / "passwords.yml").write_text(passwords())
    (tmp_path / "passwords.yml").chmod(0o600)
    path = tmp_path / "config" / file
    path.parent.mkdir(parents=True)
    path.write_bytes(raw)
    check(tmp_path, f"config/{file}", line, code, words)


@pytest.mark.parametrize("row", FILES, ids=lambda row: row.name)
def test_files_that_are_none(tmp_path: Path, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    if row.complete:
        (tmp_path / "passwords.yml").write_text(passwords())
        (tmp_path / "passwords.yml").chmod(0o600)
    row.make(tmp_path)
    if row.patch:
        row.patch(monkeypatch)
    check(tmp_path, row.file, row.line, row.code, row.words)


@pytest.mark.parametrize("row", SET, ids=lambda row: ascii(row[0:2]))
def test_set(tmp_path: Path, row: tuple[str, str, str, str]) -> None:
    key, value, code, words = row
    text = "# mine\nopenstack_region_name: North   # keep\nenable_octavia: no\n"
    (tmp_path / "globals.yml").write_text(text)
    before = snapshot(tmp_path)
    found = refused(lambda: planned(tmp_path, lambda: set_key(tmp_path, key, value)))
    assert [one.code for one in found] == [code]
    assert words in found[0].detail
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("row", UNSET, ids=name)
def test_unset(tmp_path: Path, row: tuple[str, str, str, str]) -> None:
    key, text, code, words = row
    (tmp_path / "globals.yml").write_text(text)
    before = snapshot(tmp_path)
    found = refused(lambda: planned(tmp_path, lambda: unset_key(tmp_path, key)))
    assert [one.code for one in found] == [code]
    assert words in found[0].detail
    assert snapshot(tmp_path) == before


def test_generated(tmp_path: Path) -> None:
    """One test for all: a folder for each would take longer than what is done in it."""
    taken = [f"{case.name}: {fault}" for case in GENERATED if (fault := fault_of(tmp_path, case))]
    assert taken == []


def fault_of(folder: Path, case: Case) -> str:
    """Return what is wrong with how a case is refused; empty when all is as it should be."""
    path = folder / case.file
    path.write_bytes(case.text)
    path.chmod(0o600)
    before = snapshot(folder)
    places = [one.where for one in refused(lambda: plan(folder))]
    changed = snapshot(folder) != before
    path.unlink()
    if not places:
        return f"accepted: {case.text!r}"
    if changed:
        return "the folder was changed"
    right = all(place.startswith(f"{case.file}:") for place in places)
    return "" if right and (not case.line or f"{case.file}:{case.line}" in places) else f"its place is told as {places}"


@given(st.text(FUZZ, max_size=80) | st.text(max_size=40))
def test_any_text_is_taken_or_refused_with_its_place(text: str) -> None:
    for one in refused(lambda: load_text(text, SERVICES, {})):
        assert one.where.startswith("globals.yml")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "globals.yml").write_bytes(b"\xef\xbb\xbfopenstack_region_name: North\r\n")
    assert load(tmp_path, SERVICES, {}).openstack_region_name == "North"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("openstack_region_name:\n", "has no value"),
        ("docker_registry_username: me\n", "docker_registry is empty"),
        ("network_interface: eth0\n", "not supported yet"),
    ],
)
def test_what_is_no_mistake_and_does_nothing_is_told(text: str, words: str) -> None:
    (notice,) = load_text(text, SERVICES, {}).warnings
    assert (notice.level, notice.where) == ("warning", "globals.yml:1")
    assert words in notice.text
