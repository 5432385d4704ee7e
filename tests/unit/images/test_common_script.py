"""The shell functions that every recipe shares, run by a real shell in a folder instead of /mnt."""

import subprocess
from pathlib import Path

import pytest

from skylift.images.families import recipes_folder

SUM, OTHER = "0" * 64, "1" * 64
LOCK = f"# words\nbash 5.2-1 {SUM}\ndash 0.5-1 {SUM}\n"


def check_lock(folder: Path, manifest: str) -> subprocess.CompletedProcess[str]:
    text = (recipes_folder() / "common.sh").read_text().replace("/mnt/", f"{folder}/")
    (folder / "common.sh").write_text(text)
    (folder / "debian.lock").write_text(LOCK)
    (folder / "manifest").write_text(manifest)
    script = f". {folder}/common.sh; check_lock {folder}/manifest"
    return subprocess.run(("bash", "-c", script), capture_output=True, text=True, check=False)


def test_what_is_as_locked_is_not_worth_a_word(tmp_path: Path) -> None:
    done = check_lock(tmp_path, f"bash 5.2-1 {SUM}\n")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"bash 5.3-1 {OTHER}", "@notice bash 5.3-1 instead of the locked 5.2-1\n"),
        (f"zsh 5.9-1 {OTHER}", "@notice zsh 5.9-1 is not in the lock\n"),
    ],
)
def test_another_version_is_told_by_name(tmp_path: Path, line: str, said: str) -> None:
    done = check_lock(tmp_path, f"dash 0.5-1 {SUM}\n{line}\n")
    assert (done.returncode, done.stdout) == (0, said)


def test_other_content_under_the_same_version_fails(tmp_path: Path) -> None:
    done = check_lock(tmp_path, f"bash 5.2-1 {OTHER}\ndash 0.5-1 {SUM}\n")
    assert done.returncode != 0
    assert f"bash 5.2-1 has SHA-256 {OTHER}, the lock says {SUM}" in done.stdout
