"""set, unset, enable, disable, rotate and services: what they hand on, show, ask, and exit with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from skylift.app.change import ChangeResult, Loss, Proposal
from skylift.app.change_edits import Edit
from skylift.cli import ask
from skylift.model.event import Sink
from skylift.model.plan import Operation, Plan
from skylift.openstack.holdings import Holding

Command = Callable[..., Any]
PLAN = Plan("skylift", (Operation("volume.create:a", "volume.create", "a", "it is not there", "node"),))


@dataclass
class Behind:
    """The use case's stand-in: what it was given, and what it proposes."""

    losses: tuple[Loss, ...] = ()
    plan: Plan = PLAN
    deployed: bool = True
    edits: list[Edit] = field(default_factory=list)

    async def propose(self, _: object, edit: Edit, __: Sink) -> Proposal:
        self.edits.append(edit)
        return Proposal(edit, self.plan, self.losses)

    async def change(
        self, _: object, edit: Edit, __: Sink, confirm: Callable[[Proposal], bool], *, stop: asyncio.Event
    ) -> ChangeResult:
        self.edits.append(edit)
        if self.deployed and not confirm(Proposal(edit, self.plan, self.losses)):
            return ChangeResult(False)
        changed = len(self.plan) if self.deployed else 0
        return ChangeResult(True, changed, edit.before != edit.after, self.deployed, edit.diff)


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Behind:
    found = Behind()
    monkeypatch.setattr("skylift.app.change.propose", found.propose)
    monkeypatch.setattr("skylift.app.change.change", found.change)
    (tmp_path / "c").mkdir()
    monkeypatch.setenv("SKYLIFT_CONFIG", str(tmp_path / "c"))
    return found


@pytest.fixture
def call(skylift: Command, behind: Behind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.setenv("SKYLIFT_CONFIG", str(tmp_path / "c"))
    return skylift


@pytest.mark.parametrize(
    ("words", "verb", "line"),
    [
        (("set", "nova_compute_virt_type", "qemu"), "set", "+nova_compute_virt_type: qemu"),
        (("disable", "octavia"), "disable", "+enable_octavia: no"),
    ],
)
def test_diff_and_plan_are_shown_and_a_yes_is_wanted(
    call: Command, behind: Behind, words: tuple[str, ...], verb: str, line: str
) -> None:
    ran = call(*words)
    assert (ran.code, behind.edits[0].verb) == (1, verb)
    assert line in ran.out
    assert "1 to create (1 operation)" in ran.out
    assert "--yes" in ran.err
    ran = call(*words, "--yes")
    assert ran.code == 0
    assert "globals.yml is written." in ran.out
    assert "1 operation carried out" in ran.out


def test_plan_only_shows_and_tells_by_its_exit_code(call: Command, behind: Behind) -> None:
    ran = call("set", "nova_compute_virt_type", "qemu", "--plan")
    assert (ran.code, "+nova_compute_virt_type: qemu" in ran.out) == (2, True)
    document = call("set", "nova_compute_virt_type", "qemu", "--plan", "--json").document
    assert document["diff"][-1] == "+nova_compute_virt_type: qemu"
    assert document["plan"] == PLAN.as_dict()
    behind.plan = Plan("skylift")
    ran = call("unset", "nova_compute_virt_type", "--plan")
    assert (ran.code, "says so already" in ran.out) == (0, True)


def test_json_asks_nothing_and_ends_with_a_result(call: Command) -> None:
    assert call("disable", "octavia", "--json").code == 1
    (result,) = call("disable", "octavia", "--json", "--yes").lines
    assert (result["confirmed"], result["written"], result["changed"], result["deployed"]) == (True, True, 1, True)
    assert result["diff"][-1] == "+enable_octavia: no"


def test_without_a_cloud_the_next_step_is_named(call: Command, behind: Behind) -> None:
    behind.deployed = False
    ran = call("disable", "octavia")
    assert ran.code == 0
    assert "There is no cloud yet: skylift up" in ran.out


def test_what_is_lost_is_said_and_data_are_asked_for_once_more(
    call: Command, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding = Holding("load balancer", "web", "demo", "10.0.0.9")
    behind.losses = (Loss("octavia", True, (holding,), "They keep answering.", "", ("octavia",), ()),)
    asked: list[str] = []

    def sure(question: str, *, as_json: bool) -> bool:
        asked.append(question)
        return len(asked) < 2

    monkeypatch.setattr(ask, "sure", sure)
    ran = call("disable", "octavia", "--delete-data")
    assert (ran.code, behind.edits[0].erase) == (1, frozenset({"octavia"}))
    assert asked == ["Carry this out?", "Delete the data of octavia for good?"]
    assert "load balancer  web  (demo, 10.0.0.9)" in ran.out
    assert "They keep answering." not in ran.out
    behind.losses = (Loss("octavia", False, (holding,), "They keep answering.", "", ("octavia",), ("v",)),)
    ran = call("disable", "octavia", "--plan")
    assert "They keep answering." in ran.out
    assert "Kept: database octavia, volume v (skylift disable octavia --delete-data removes it)" in ran.out
    behind.losses = (Loss("octavia", False, unknown="keystone does not answer"),)
    assert "could not be listed: keystone does not answer" in call("disable", "octavia", "--plan").out


def test_of_passwords_only_names_are_shown(call: Command, behind: Behind) -> None:
    ran = call("rotate", "nova_database_password", "--plan")
    assert ran.code == 2
    assert "~ nova_database_password" in ran.out
    entry = behind.edits[0].after.partition("nova_database_password: ")[2].split()[0]
    assert entry
    assert entry not in ran.out
    assert call("rotate", "nova_database_password", "--plan", "--json").document["passwords"] == [
        "nova_database_password"
    ]
    assert call("rotate", "--all", "--plan").out.count("  ~ ") > 10


@pytest.mark.parametrize("words", [("rotate",), ("rotate", "--all", "nova_database_password")])
def test_rotate_wants_names_or_all(call: Command, words: tuple[str, ...]) -> None:
    ran = call(*words)
    assert ran.code != 0
    assert "name the passwords, or say --all" in ran.err


def test_an_unknown_service_is_a_problem(call: Command) -> None:
    ran = call("enable", "octavio")
    assert (ran.code, "Did you mean octavia?" in ran.err) == (1, True)


def test_services_are_listed(call: Command, tmp_path: Path) -> None:
    (tmp_path / "c" / "globals.yml").write_text("enable_octavia: no\n")
    ran = call("services")
    assert ran.code == 0
    assert "off (globals.yml:1)" in ran.out
    found = {line["name"]: line for line in call("services", "--json").document["services"]}
    assert found["octavia"]["switch"] == "enable_octavia"
    assert found["keystone"]["state"] == "always"
