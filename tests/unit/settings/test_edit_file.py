"""An edited file replaces the old one in one step and is otherwise what the old one was."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from skylift.model.problem import Problem
from skylift.settings.edit_file import save


def test_mode_and_link_stay(tmp_path: Path) -> None:
    real = tmp_path / "real" / "globals.yml"
    real.parent.mkdir()
    real.write_text("a: 1\n")
    real.chmod(0o640)
    link = tmp_path / "globals.yml"
    link.symlink_to(real)
    save(link, "a: 1\n", "a: 2\n")
    assert link.is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("a: 2\n", 0o640)
    assert [one.name for one in real.parent.iterdir()] == ["globals.yml"]


@pytest.mark.parametrize(("private", "mode"), [(False, 0o644), (True, 0o600)])
def test_a_new_file_is_as_open_as_it_may_be(tmp_path: Path, private: bool, mode: int) -> None:
    path = tmp_path / "new" / "file.yml"
    save(path, "", "a: 1\n", private=private)
    assert path.stat().st_mode & 0o777 == mode


def test_a_private_file_is_never_opened_to_others(tmp_path: Path) -> None:
    path = tmp_path / "passwords.yml"
    path.write_text("a: 1\n")
    path.chmod(0o644)
    save(path, "a: 1\n", "a: 2\n", private=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_bytes_that_are_no_text_of_it_stay(tmp_path: Path) -> None:
    path = tmp_path / "globals.yml"
    path.write_bytes(codecs.BOM_UTF8 + b"a: 1\r\n")
    save(path, "a: 1\r\n", "a: 2\r\n")
    assert path.read_bytes() == codecs.BOM_UTF8 + b"a: 2\r\n"


def test_what_somebody_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "globals.yml"
    path.write_text("a: theirs\n")
    with pytest.raises(Problem) as caught:
        save(path, "a: 1\n", "a: 2\n")
    assert caught.value.code == "settings-moved"
    assert path.read_text() == "a: theirs\n"


def test_a_file_that_cannot_be_written_is_a_problem_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "globals.yml"
    path.write_text("a: 1\n")
    with pytest.raises(Problem) as caught:
        save(path, "a: 1\n", "a: \udc80\n")
    assert caught.value.code == "settings-unwritable"
    assert path.read_text() == "a: 1\n"
    assert [one.name for one in tmp_path.iterdir()] == ["globals.yml"]
