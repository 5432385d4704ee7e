"""up, plan, apply, verify and down: what they hand on, print, and exit with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skylift.app.apply import ApplyResult
from skylift.app.down import DownResult, Leaving
from skylift.app.up import UpResult
from skylift.model.event import Notice, PhaseFinished, PhaseStarted, RunResult, Sink
from skylift.model.plan import Operation, Plan
from skylift.model.problem import Problem
from skylift.model.proof import ProofResult, Report

Command = Callable[..., Any]

PLAN = Plan("skylift", (Operation("volume.create:a", "volume.create", "a", "it is not there", "node"),))
GOOD = Report("http://172.24.4.9", (ProofResult("token", True, 0.3),))
BAD = Report(None, (ProofResult("token", False, 0.3, "401"),))


def behind_up(monkeypatch: pytest.MonkeyPatch, report: Report | None) -> list[bool]:
    asked: list[bool] = []

    async def up(_: object, sink: Sink, *, verify: bool, stop: asyncio.Event) -> UpResult:
        asked.append(verify)
        sink(PhaseStarted("apply", 1))
        sink(PhaseFinished("apply", 1.5))
        result = UpResult(
            3, report, {"image": "http://10.0.0.2:9292"}, Path("/etc/skylift/clouds.yaml"), {"apply": 1.5}
        )
        sink(RunResult(result.as_dict()))
        return result

    monkeypatch.setattr("skylift.app.up.up", up)
    return asked


def test_up_ends_with_a_summary(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    asked = behind_up(monkeypatch, GOOD)
    ran = skylift("up")
    assert (ran.code, asked) == (0, [True])
    assert "apply: done in 1.5 s" in ran.out
    assert "The cloud is up: 3 operations carried out." in ran.out
    assert "answered         http://172.24.4.9" in ran.out


def test_up_without_proofs(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    asked = behind_up(monkeypatch, None)
    assert (skylift("up", "--no-verify").code, asked) == (0, [False])


def test_up_fails_when_a_proof_fails(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    behind_up(monkeypatch, BAD)
    ran = skylift("up")
    assert ran.code == 1
    assert "The cloud is deployed, but not all of it works." in ran.out
    assert "1 of 1 proofs failed: token" in ran.out


def test_up_as_json_is_a_line_an_event_and_a_result(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    behind_up(monkeypatch, GOOD)
    lines = skylift("up", "--json").lines
    assert [line["kind"] for line in lines] == ["phase-started", "phase-finished", "run-result"]
    assert lines[-1]["changed"] == 3
    assert lines[-1]["report"]["ok"] is True
    assert lines[-1]["credentials"] == "/etc/skylift/clouds.yaml"


@pytest.mark.parametrize(("plan", "code"), [(PLAN, 2), (Plan("skylift"), 0)])
def test_plan_tells_by_its_exit_code(monkeypatch: pytest.MonkeyPatch, skylift: Command, plan: Plan, code: int) -> None:
    async def make(_: object, sink: Sink, **_kept: object) -> Plan:
        sink(Notice("enable_haproxy has no effect here", "warning", "globals.yml:3"))
        return plan

    monkeypatch.setattr("skylift.app.plan.make", make)
    ran = skylift("plan")
    assert ran.code == code
    assert ran.err == "warning: globals.yml:3: enable_haproxy has no effect here\n"
    ran = skylift("plan", "--json")
    assert (ran.code, ran.document) == (code, plan.as_dict())


def test_a_problem_is_shown_without_a_traceback(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    async def make(*_: object, **_kept: object) -> Plan:
        raise Problem("engine-missing", "No container engine was found", "no socket", "make up", "/run/docker.sock")

    monkeypatch.setattr("skylift.app.plan.make", make)
    ran = skylift("plan")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        "✗ No container engine was found",
        "  where  /run/docker.sock",
        "  no socket",
        "  fix    make up",
    ]
    ran = skylift("plan", "--json")
    assert ran.code == 1
    assert '"code": "engine-missing"' in ran.err


def test_a_bug_is_called_one_and_its_traceback_goes_to_a_file(
    monkeypatch: pytest.MonkeyPatch, skylift: Command, tmp_path: Path
) -> None:
    async def make(*_: object, **_kept: object) -> Plan:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("skylift.app.plan.make", make)
    ran = skylift("plan")
    assert ran.code == 1
    assert "This is a bug in Skylift" in ran.err
    assert "Traceback" not in ran.err
    (file,) = tmp_path.glob("skylift-bug-*")
    assert "ZeroDivisionError: oops" in file.read_text()
    assert str(file) in ran.err
    assert file.stat().st_mode & 0o077 == 0


def behind_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    async def apply(_: object, sink: Sink, confirm: Callable[[Plan], bool], **_kept: object) -> ApplyResult:
        yes = confirm(PLAN)
        return ApplyResult(yes, 1 if yes else 0)

    monkeypatch.setattr("skylift.app.apply.apply", apply)


def test_apply_shows_the_plan_and_wants_a_yes(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    behind_apply(monkeypatch)
    ran = skylift("apply")
    assert ran.code == 1
    assert "1 to create (1 operation)" in ran.out
    assert "--yes" in ran.err
    ran = skylift("apply", "--yes")
    assert ran.code == 0
    assert "1 operation carried out" in ran.out


def test_apply_as_json_prints_json_alone(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    behind_apply(monkeypatch)
    assert skylift("apply", "--json").code == 1
    (result,) = skylift("apply", "--json", "--yes").lines
    assert (result["confirmed"], result["changed"]) == (True, 1)


@pytest.mark.parametrize(("report", "code"), [(GOOD, 0), (BAD, 1), (Report(None, ()), 1)])
def test_verify(monkeypatch: pytest.MonkeyPatch, skylift: Command, report: Report, code: int) -> None:
    kept: list[bool] = []

    async def verify(_: object, sink: Sink, keep: bool, *, stop: asyncio.Event) -> Report:
        kept.append(keep)
        sink(Notice("only in the text form"))
        return report

    monkeypatch.setattr("skylift.app.verify.verify", verify)
    ran = skylift("verify", "--json")
    assert (ran.code, ran.document) == (code, report.as_dict())
    assert skylift("verify", "--keep").code == code
    assert kept == [False, True]


def test_down_lists_what_goes_and_wants_a_yes(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    keeps: list[bool] = []

    async def down(
        _: object, sink: Sink, confirm: Callable[[Leaving], bool], *, keep_data: bool, stop: asyncio.Event
    ) -> DownResult:
        keeps.append(keep_data)
        yes = confirm(Leaving((), 31, ("skylift-node1-mariadb",) if keep_data else ()))
        return DownResult(yes, 40 if yes else 0)

    monkeypatch.setattr("skylift.app.down.down", down)
    ran = skylift("down")
    assert ran.code == 1
    assert "31 containers with their networks" in ran.out
    ran = skylift("down", "--yes", "--keep-data")
    assert ran.code == 0
    assert "The cloud is gone: 40 operations carried out." in ran.out
    assert keeps == [False, True]
    assert skylift("down", "--yes", "--json").lines[-1]["removed"] == 40
