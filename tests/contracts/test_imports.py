"""The import contracts of pyproject.toml hold, and each of them is shown to fail on an import that breaks it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BREAKS = {
    "one-way": ("model/secret.py", "import skylift.settings"),
    "pure": ("plan/make.py", "import skylift.engines"),
    "execute": ("execute/walk.py", "import skylift.plan"),
    "terminal": ("app/run.py", "import rich.console"),
    "engine-api": ("observed/engine.py", "import aiodocker"),
}
"""For each contract a file and the import that it forbids there."""


def contracts() -> dict[str, str]:
    """Return the names of the contracts by their ids."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {one["id"]: one["name"] for one in settings["tool"]["importlinter"]["contracts"]}


def lint(folder: Path) -> dict[str, str]:
    """Return KEPT or BROKEN for each contract's name, for the sources in ``folder``."""
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", ran.stdout, re.MULTILINE))
    assert found, ran.stdout + ran.stderr
    assert (ran.returncode == 0) == ("BROKEN" not in found.values())
    return found


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the linter says of a copy in which every contract is broken once."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for path, line in BREAKS.values():
        with (folder / "src/skylift" / path).open("a") as file:
            file.write(f"\n{line}\n")
    return lint(folder)


def test_the_sources_keep_every_contract() -> None:
    assert lint(ROOT) == dict.fromkeys(contracts().values(), "KEPT")


def test_every_contract_has_an_import_that_breaks_it() -> None:
    assert BREAKS.keys() == contracts().keys()


@pytest.mark.parametrize("contract", BREAKS)
def test_a_bad_import_is_found(contract: str, broken: dict[str, str]) -> None:
    assert broken[contracts()[contract]] == "BROKEN"
