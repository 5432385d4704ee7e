"""skylift doctor: quiet when all is well; causes in full, consequences in short; repairs only when asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.doctor.patients import WELL, exited, silent

from skylift.app import diagnose as use_case
from skylift.app.apply import ApplyResult
from skylift.app.diagnose import Checkup, drift_of, masked
from skylift.app.workspace import Workspace
from skylift.doctor.diagnose import diagnose
from skylift.model.patient import Patient
from skylift.model.plan import AWAITED, Change, Operation, Plan
from skylift.model.problem import Problem

Command = Callable[..., Any]
ILL = silent(exited("nova_scheduler"), "nova-scheduler")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Callable[[Patient], None]:
    """Has ``doctor`` see a made-up patient."""

    def see(patient: Patient) -> None:
        async def checkup(_: object) -> Checkup:
            return Checkup(diagnose(patient), patient, 2.3)

        monkeypatch.setattr(use_case, "checkup", checkup)

    return see


def test_a_healthy_cloud(skylift: Command, seen: Callable[[Patient], None]) -> None:
    seen(WELL)
    ran = skylift("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Nothing is wrong (2.3 s).\n  looked at: 31 containers, machine, database")
    assert len(ran.out.splitlines()) <= 3
    seen(WELL)
    assert skylift("doctor", "--json").document == []


def test_a_cloud_in_trouble(skylift: Command, seen: Callable[[Patient], None]) -> None:
    seen(ILL)
    ran = skylift("doctor")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "✗ A container does not run: nova_scheduler  container-exited"
    assert "  · An agent does not report to its service: nova_scheduler" in lines
    assert any("10 min ago" in line for line in lines) and any("skylift apply" in line for line in lines)
    document = skylift("doctor", "--json").document
    assert [(one["code"], one["where"], one["follows_from"]) for one in document] == [
        ("container-exited", "nova_scheduler", ""),
        ("agent-silent", "nova_scheduler", "container-exited"),
    ]


def test_warnings_are_no_failure(skylift: Command, seen: Callable[[Patient], None]) -> None:
    assert WELL.machine is not None
    seen(replace(WELL, machine=replace(WELL.machine, disk_free=1_900_000_000)))
    ran = skylift("doctor")
    assert ran.code == 0 and ran.out.startswith("! The disk of the container engine is nearly full")
    assert "Nothing else is wrong." in ran.out


def test_an_engine_that_is_away_is_a_finding(skylift: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise Problem("engine-unreachable", "The container engine does not answer", "refused", "start it", "a socket")

    monkeypatch.setattr(Workspace, "open", opened)
    ran = skylift("doctor", "--json")
    assert ran.code == 1
    assert [(one["code"], one["fix"]) for one in ran.document] == [("engine-unreachable", "start it")]


def test_repairs_are_carried_out_when_confirmed(
    skylift: Command, seen: Callable[[Patient], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan("test", (Operation("container.start:x", "container.start", "test-node1-x", "it exited", "nova"),))
    asked = []

    @asynccontextmanager
    async def opened(*_: object) -> AsyncIterator[None]:
        yield None

    async def mend(_: object, __: object, confirm: Any, diagnosis: Any, **___: object) -> ApplyResult:
        asked.append(diagnosis)
        return ApplyResult(confirm(plan), 1)

    monkeypatch.setattr(Workspace, "open", opened)
    monkeypatch.setattr(use_case, "mend_cloud", mend)
    seen(WELL)
    assert skylift("doctor", "--fix", "--yes").code == 0 and asked == []
    seen(ILL)
    refused = skylift("doctor", "--fix")
    assert refused.code == 1 and "needs-yes" not in refused.out and "nobody is there to be asked" in refused.err
    done = skylift("doctor", "--fix", "--yes")
    assert done.code == 0 and "1 operation carried out." in done.out
    result = json.loads(skylift("doctor", "--fix", "--yes", "--json").out.splitlines()[-1])
    assert (result["kind"], result["confirmed"], result["changed"]) == ("run-result", True, 1)


def test_what_a_plan_says_of_drift() -> None:
    plan = Plan(
        "c",
        (
            Operation("account.ensure:nova", "account.ensure", "nova", "its password was changed", "nova"),
            Operation("container.ready:c-node1-x", "container.ready", "c-node1-x", AWAITED),
        ),
        (
            Change("c-node1-nova_api", "nova", "recreate", ("nova.conf changed",)),
            Change("c-verify-probe", "verify", "remove", ("nothing in the settings asks for it",)),
        ),
    )
    container, account = drift_of(plan, {"nova"})
    assert (container.target, container.kind, container.causes) == ("nova_api", "container", ("nova.conf changed",))
    assert (account.target, account.kind) == ("nova", "account")


def test_passwords_are_hidden_in_all_that_is_told() -> None:
    line = "2026-11-30 10:00:00.000 1 ERROR x connect with geheim"
    told = masked(diagnose(exited("heat_api", WELL, 3, 5.0, line)), lambda text: text.replace("geheim", "***"))
    assert "***" in str(told.findings) and "geheim" not in str(told.findings)
