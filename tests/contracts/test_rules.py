"""Every rule of ``skylift explain`` finds its own examples first, nothing else, and its fix can be carried out."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from skylift import services
from skylift.app.explain import service_of
from skylift.cli.main import app
from skylift.doctor.lines import read
from skylift.doctor.matcher import explain, values_of
from skylift.doctor.rule import Rule, faults
from skylift.doctor.rulebook import FOLDER, load
from skylift.model.finding import Finding
from skylift.settings import keys

RULES = load()
FEWEST = 60
SERVICE_OF = service_of()
HEALTHY = sorted((Path(__file__).parent / "healthy_logs").glob("*.log"))
WITHOUT_RULES = {9, 13, 20, 27, 31, 33, 35, 36, 39}
"""Rows of the forty failures that have no error text: what was missing there was a command, a record or a check."""
names = [rule.code for rule in RULES]


def found(text: str, container: str = "") -> tuple[Finding, ...]:
    return explain(read(text.splitlines(), source=container), RULES, service_of=SERVICE_OF)


def test_there_are_enough_of_them() -> None:
    assert len(RULES) >= FEWEST
    assert {path.suffix for path in FOLDER.iterdir()} == {".toml"}


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_a_rule_is_as_it_must_be(rule: Rule) -> None:
    assert faults(rule) == []
    known = {service.name for service in services.load()} | {"magnum", "haproxy", "kolla-ansible"}
    assert rule.services <= known
    assert len({rule.summary for rule in RULES}) == len(RULES), "two rules have one summary"


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_examples_find_their_rule_first_with_the_values(rule: Rule) -> None:
    for example in rule.examples:
        findings = found(example.text, example.container)
        assert [one.code for one in findings][:1] == [rule.code], example.text
        # Another may know the text too, as a consequence.
        assert all(one.follows_from for one in findings[1:]), example.text
        assert "{" not in re.sub(r"\{\{.*?\}\}|\{\.\w+[^}]*\}", "", findings[0].cause), findings[0].cause
        lines = [values_of(rule, line) for line in example.text.splitlines()]
        values = next(one for one in lines if one is not None)
        assert {name: values[name] for name in example.values} == example.values


@pytest.mark.parametrize("rule", RULES, ids=names)
def test_counter_examples_do_not_find_it(rule: Rule) -> None:
    for example in rule.counters:
        assert rule.code not in [one.code for one in found(example.text, example.container)], example.text


@pytest.mark.parametrize("path", HEALTHY, ids=[path.stem for path in HEALTHY])
def test_a_healthy_log_has_no_finding(path: Path) -> None:
    assert found(path.read_text()) == ()


def test_every_row_of_the_forty_failures_with_an_error_text_has_a_rule() -> None:
    rows = {int(row[1:]) for rule in RULES for row in rule.rows}
    assert rows | WITHOUT_RULES >= set(range(1, 41))
    assert not rows - set(range(1, 41))


def commands() -> Iterator[tuple[str, str]]:
    """Yield each call of skylift in a fix, with the rule's code."""
    for rule in RULES:
        for call in re.findall(r"\bskylift ((?:[a-z]+)(?: [^\n|;#]+)?)", rule.fix):
            yield rule.code, call.strip()


def test_commands_in_fixes_exist_and_name_what_exists() -> None:
    verbs = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    verbs |= {group.name or "" for group in app.registered_groups}
    declared = services.load()
    containers = {container.name for one in declared for container in one.containers}
    switches = {one.name for one in declared}
    passwords = {password.name for one in declared for password in one.passwords}
    settings = set(keys.Globals.model_fields)
    for code, call in commands():
        verb, *words = call.replace(" -u root", "").split()
        where = f"{code}: skylift {call}"
        assert verb in verbs, where
        word = next((word for word in words if not word.startswith("-")), "")
        if "{" in word or word.isupper():
            continue
        if verb in ("set", "unset"):
            assert word in settings or word.removeprefix("enable_") in switches or word.startswith("enable_"), where
        elif verb in ("enable", "disable"):
            assert word in switches, where
        elif verb == "exec":
            assert word in containers, where
        elif verb == "logs":
            assert word in containers | switches, where
        elif verb == "rotate" and not word.startswith("NAME_"):
            assert word in passwords, where


def test_the_page_lists_all_rules() -> None:
    root = Path(__file__).parents[2]
    script = [sys.executable, str(root / "scripts" / "gen_rules.py"), "--check"]
    ran = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_no_pattern_takes_long_on_a_line_made_against_it() -> None:
    for rule in RULES:
        for needed, pattern in rule.compiled:
            for text in (needed * 400, f"{needed} " + "a" * 4000, f"{needed}'" + "('a, " * 900, (needed + "x y") * 300):
                began = time.process_time()
                pattern.search(text[:4000])
                assert time.process_time() - began < 0.1, (rule.code, pattern.pattern)
