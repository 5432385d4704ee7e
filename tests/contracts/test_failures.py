"""docs/failures.md: every row is there, what it names exists, and nothing is done without a test."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.conftest import EVERY, with_and_without

from skylift import services
from skylift.cli.main import app
from skylift.doctor.rulebook import load
from skylift.settings.keys import Globals

ROOT = Path(__file__).parents[2]
ROWS = 40
NAMED = re.compile(r"`([^`]+)`")
COMES_WITH = {"Magnum": "magnum", "central logging": "opensearch", "nodes that are hosts": "", "`skylift doctor`": ""}
"""What rows that are done in part wait for, and the service that brings it."""


@dataclass(frozen=True)
class Row:
    """A row of the page; ``rules`` and ``tests`` are what it names."""

    what: str
    state: str
    does: str
    rules: tuple[str, ...]
    tests: tuple[str, ...]


def read(text: str) -> list[tuple[str, Row]]:
    """Return the rows of the page's table by their number."""
    found = []
    for line in text.splitlines():
        if line.startswith("| F"):
            number, what, state, does, rules, tests = (cell.strip() for cell in line.strip("| ").split(" | "))
            found.append((number, Row(what, state, does, (*NAMED.findall(rules),), (*NAMED.findall(tests),))))
    return found


@pytest.fixture(scope="module")
def rows() -> Mapping[str, Row]:
    return dict(read((ROOT / "docs" / "failures.md").read_text()))


@cache
def collected(files: tuple[str, ...]) -> frozenset[str]:
    """Return what pytest collects in test files."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return with_and_without(line for line in done.stdout.splitlines() if "::" in line)


def test_every_row_is_there_once() -> None:
    numbers = [number for number, _ in read((ROOT / "docs" / "failures.md").read_text())]
    assert numbers == [f"F{number}" for number in range(1, ROWS + 1)]


def test_every_test_that_is_named_exists(rows: Mapping[str, Row], pytestconfig: pytest.Config) -> None:
    named = {test for row in rows.values() for test in row.tests}
    files = tuple(sorted({test.partition("::")[0] for test in named}))
    assert [file for file in files if not (ROOT / file).is_file()] == []
    # This session may have collected most of them already, those of the scenarios too, although they are not run.
    here = pytestconfig.stash[EVERY]
    elsewhere = tuple(file for file in files if not any(name.startswith(f"{file}::") for name in here))
    assert sorted(named - here - (collected(elsewhere) if elsewhere else frozenset())) == []


def test_nothing_is_done_without_a_test(rows: Mapping[str, Row]) -> None:
    assert {row.state for row in rows.values()} <= {"done", "in part"}
    assert [number for number, row in rows.items() if not row.tests or not row.does] == []


def test_what_is_not_done_says_what_it_comes_with(rows: Mapping[str, Row]) -> None:
    """And that is not there yet: whoever brings it does the rest of the row."""
    there = {service.name for service in services.load()}
    for number, row in rows.items():
        awaited = [thing for thing in COMES_WITH if thing in row.does.rpartition(". ")[2]]
        assert bool(awaited) == (row.state == "in part"), number
        assert not [thing for thing in awaited if COMES_WITH[thing] in there], f"{number}: {awaited} is there"


def test_commands_and_settings_that_are_named_exist(rows: Mapping[str, Row]) -> None:
    verbs = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    verbs |= {group.name or "" for group in app.registered_groups}
    for number, row in rows.items():
        for word in NAMED.findall(row.does):
            if word.startswith("skylift ") and f"`{word}`" not in COMES_WITH:
                assert word.split()[1] in verbs, f"{number}: {word}"
            elif re.fullmatch(r"[A-Za-z]+(_[A-Za-z]+)+", word):
                assert word in Globals.model_fields, f"{number}: {word}"


def test_rules_that_are_named_know_of_the_row(rows: Mapping[str, Row]) -> None:
    answered = {rule.code: rule.rows for rule in load()}
    for number, row in rows.items():
        assert [code for code in row.rules if number not in answered.get(code, ())] == [], number
