"""Files of an earlier run are put back to the byte; what they say now is kept; no *** is ever written."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.unit.history_runs import record

from skylift.app.rollback_files import Restoration, restoration
from skylift.journal import look_at, read_input
from skylift.model.problem import Problem

PASSWORD = "hunter2hunter2"
OLD = b"# mine\r\nenable_octavia: no   # Anna wants it\r\n\xc3\xa9\r\n"


def mask(text: str) -> str:
    return text.replace(PASSWORD, "***")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration folder as it was in the run."""
    folder = tmp_path / "etc"
    (folder / "config" / "nova").mkdir(parents=True)
    (folder / "globals.yml").write_bytes(OLD)
    (folder / "config" / "nova.conf").write_text(f"[api]\nkey = {PASSWORD}\nratio = 2\n")
    (folder / "config" / "nova" / "gone.conf").write_text("[DEFAULT]\n")
    (folder / "config" / "nova" / "gone.conf").chmod(0o640)
    return folder


def back(tmp_path: Path, config: Path, folder: Path | None = None) -> Restoration:
    kept = read_input(record(tmp_path / "journal", config=config, mask=mask).folder)
    assert kept is not None
    return restoration(kept, folder or config, mask)


def change(config: Path) -> None:
    """Change every file, and add one."""
    (config / "globals.yml").write_text("enable_octavia: yes\n")
    (config / "config" / "nova.conf").write_text(f"# new\nkey = {PASSWORD}\nratio = 4\n")
    (config / "config" / "nova" / "gone.conf").unlink()
    (config / "config" / "nova").rmdir()
    (config / "config" / "new.conf").write_text("[x]\n")


def test_all_is_as_it_was_and_what_was_there_is_kept(tmp_path: Path, config: Path) -> None:
    before = {path: path.read_bytes() for path in config.rglob("*") if path.is_file()}
    kept = read_input(record(tmp_path / "journal", config=config, mask=mask).folder)
    assert kept is not None
    change(config)
    changed = {path: path.read_bytes() for path in config.rglob("*") if path.is_file()}
    way = restoration(kept, config, mask)
    assert {path: path.read_bytes() for path in config.rglob("*") if path.is_file()} == changed
    assert [(file.name, file.change(mask).state) for file in way.files] == [
        ("config/new.conf", "removed"),
        ("config/nova.conf", "changed"),
        ("config/nova/gone.conf", "added"),
        ("globals.yml", "changed"),
    ]
    assert way.globals == OLD.decode()
    assert way.stuck == ()
    copies = config / "copies"
    way.save(copies)
    now = {path: path.read_bytes() for path in config.rglob("*") if path.is_file() and copies not in path.parents}
    assert now == before
    assert stat.S_IMODE((config / "config" / "nova" / "gone.conf").stat().st_mode) == 0o640
    saved = {str(path.relative_to(copies)): path.read_bytes() for path in copies.rglob("*") if path.is_file()}
    assert saved == {str(path.relative_to(config)): content for path, content in changed.items()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in copies.rglob("*")} <= {0o600, 0o700}


def test_no_password_is_shown(tmp_path: Path, config: Path) -> None:
    kept = read_input(record(tmp_path / "journal", config=config, mask=mask).folder)
    assert kept is not None
    change(config)
    shown = "\n".join(line for file in restoration(kept, config, mask).files for line in file.change(mask).diff)
    assert PASSWORD not in shown
    assert " key = ***" in shown


def test_a_file_whose_password_is_known_no_more_stays(tmp_path: Path, config: Path) -> None:
    kept = read_input(record(tmp_path / "journal", config=config, mask=mask).folder)
    assert kept is not None
    (config / "config" / "nova.conf").write_text("[api]\nratio = 4\n")
    way = restoration(kept, config, mask)
    assert way.files == ()
    assert len(way.stuck) == 1
    assert way.stuck[0].startswith("config/nova.conf held a password")
    assert way.overrides["nova.conf"] == b"[api]\nratio = 4\n"


def test_globals_without_its_password_is_a_problem(tmp_path: Path, config: Path) -> None:
    (config / "globals.yml").write_text(f"# {PASSWORD}\n")
    kept = read_input(record(tmp_path / "journal", config=config, mask=mask).folder)
    assert kept is not None
    assert restoration(kept, config, mask).files == ()
    (config / "globals.yml").write_text("a: b\n")
    with pytest.raises(Problem) as caught:
        restoration(kept, config, mask)
    assert caught.value.code == "rollback-masked"


def test_what_was_not_kept_is_left_alone(tmp_path: Path, config: Path) -> None:
    (config / "config" / "big").write_bytes(b"x" * (1 << 21))
    way = back(tmp_path, config)
    assert way.files == ()
    assert [text.split(" (")[0] for text in way.stuck] == ["config/big was not kept", "config/big cannot be read"]


def test_overrides_are_planned_with_before_they_are_written(tmp_path: Path, config: Path) -> None:
    kept = read_input(record(tmp_path / "journal", config=config, mask=mask).folder)
    assert kept is not None
    change(config)
    (config / "config" / "left.conf~").write_text("an editor's\n")
    planned = restoration(kept, config, mask).planned()
    assert set(planned.files) == {"nova.conf", "nova/gone.conf"}
    assert PASSWORD in planned.files["nova.conf"].read()
    assert planned.files["nova.conf"].shown == "config/nova.conf"


def test_a_file_that_somebody_changes_meanwhile_is_not_overwritten(tmp_path: Path, config: Path) -> None:
    kept = read_input(record(tmp_path / "journal", config=config, mask=mask).folder)
    assert kept is not None
    change(config)
    way = restoration(kept, config, mask)
    (config / "config" / "nova.conf").write_text("quite new\n")
    with pytest.raises(Problem) as caught:
        way.save(config / "copies")
    assert caught.value.code == "settings-moved"
    assert (config / "globals.yml").read_text() == "enable_octavia: yes\n"
    assert not (config / "copies").exists()


def test_links_stay_links(tmp_path: Path, config: Path) -> None:
    (config / "globals.yml").rename(tmp_path / "real.yml")
    (config / "globals.yml").symlink_to(tmp_path / "real.yml")
    kept = look_at(config, mask)
    (tmp_path / "real.yml").write_text("enable_octavia: yes\n")
    restoration(kept, config, mask).save(config / "copies")
    assert (config / "globals.yml").is_symlink()
    assert (tmp_path / "real.yml").read_bytes() == OLD


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path, config: Path) -> None:
    kept = look_at(config, mask)
    change(config)
    (config / "copies").write_text("in the way")
    with pytest.raises(Problem) as caught:
        restoration(kept, config, mask).save(config / "copies")
    assert caught.value.code == "settings-unwritable"
    assert (config / "globals.yml").read_text() == "enable_octavia: yes\n"


def test_the_files_go_to_another_folder_when_asked(tmp_path: Path, config: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret.txt").write_text("x")
    (other / "config").mkdir()
    (other / "config" / "nova.conf").write_text(f"key = {PASSWORD}\n")
    back(tmp_path, config, other).save(other / "copies")
    assert (other / "globals.yml").read_bytes() == OLD
    assert (other / "config" / "nova" / "gone.conf").exists()


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    then=st.dictionaries(st.sampled_from("abc"), st.binary(max_size=30), max_size=3),
    now=st.dictionaries(st.sampled_from("abc"), st.binary(max_size=30), max_size=3),
)
def test_whatever_the_files_said_they_say_again(tmp_path: Path, then: dict[str, bytes], now: dict[str, bytes]) -> None:
    import tempfile

    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    (folder / "config").mkdir()

    def write(files: dict[str, bytes]) -> None:
        for path in (folder / "config").iterdir():
            path.unlink()
        for name, content in files.items():
            (folder / "config" / name).write_bytes(content)

    write(then)
    kept = look_at(folder, str)
    masked = any(file.masked for file in kept.files.values())
    write(now)
    restoration(kept, folder, str).save(folder / "copies")
    if not masked:
        assert {path.name: path.read_bytes() for path in (folder / "config").iterdir()} == then
