"""The environment is Skylift's own: making it installs nothing outside, and what runs comes from inside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCK = "uv==0.1 \\\n    --hash=sha256:0\nwidget==1 \\\n    --hash=sha256:1\n"
FAKE = """#!/bin/sh
# Notes how it was called, and makes the environment that it is asked for.
printf '%s\\n' "${{0##*/}} $*" >>'{log}/{where}'
if [ "$1 $2" = '-m venv' ]; then
    mkdir -p .venv/bin
    for name in python uv; do sed 's|/outside|/inside|' "$0" >".venv/bin/$name"; chmod +x ".venv/bin/$name"; done
fi
"""


@pytest.fixture
def called(tmp_path: Path) -> Mapping[str, list[str]]:
    """Run the script with programs that only note how they are called: those of the machine, and of the environment."""
    programs, project = tmp_path / "programs", tmp_path / "project"
    programs.mkdir()
    (project / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "venv.sh", project / "scripts")
    (project / "requirements.lock").write_text(LOCK)
    for name in ("python3", "pip", "pip3", "apt-get", "sudo"):
        (programs / name).write_text(FAKE.format(log=tmp_path, where="outside"))
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:{os.defpath}", "HOME": str(tmp_path)}
    subprocess.run(["sh", "scripts/venv.sh"], cwd=project, env=environment, check=True, capture_output=True)
    return {place: (tmp_path / place).read_text().splitlines() for place in ("outside", "inside")}


def test_nothing_is_installed_outside(called: Mapping[str, list[str]]) -> None:
    """The machine's Python makes the environment, its pip is asked for an address; no more."""
    questions = [line for line in called["outside"] if not line.startswith("python3 -c ")]
    assert "python3 -m venv --clear .venv" in questions
    assert set(questions) <= {"python3 -m venv --clear .venv", "python3 -V", "pip config get global.index-url"}


def test_inside_comes_what_the_lock_names_with_its_hashes(called: Mapping[str, list[str]]) -> None:
    installed = [line for line in called["inside"] if " install " in line]
    assert len(installed) == 3
    assert [line for line in installed if "--require-hashes" not in line and "--editable ." not in line] == []


def test_the_programs_own_libraries_are_not_the_systems() -> None:
    """The one whose system package was broken by another tool is a YAML reader: ours is inside."""
    assert sys.prefix != sys.base_prefix
    lines = (Path(sys.prefix) / "pyvenv.cfg").read_text().splitlines()
    assert "include-system-site-packages = false" in lines
    for name in ("ruamel.yaml", "PyYAML", "openstacksdk", "aiodocker"):
        assert Path(str(distribution(name).locate_file(""))).is_relative_to(sys.prefix), name
