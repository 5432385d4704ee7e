"""rollback: what is shown, asked, printed, and exited with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.unit.history_runs import RECREATED, record

from skylift.app.compare_runs import FileChange
from skylift.app.rollback import RollbackResult, WayBack
from skylift.app.rollback_limits import Limit
from skylift.journal import find_run
from skylift.model.event import Notice, Sink
from skylift.model.plan import Plan
from skylift.model.problem import Problem

Command = Callable[..., Any]


@pytest.fixture
def way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WayBack:
    """A way back behind the command."""
    run = find_run(record(tmp_path).id, tmp_path)
    limits = (Limit("schema", "no migration is undone"), Limit("password", "they stay"))
    file = FileChange("globals.yml", "changed", ("--- globals.yml", "+++ globals.yml", "@@ -1 +1 @@", "-a", "+b"))
    found = WayBack(run, limits, (file,), Plan("skylift", RECREATED))

    class Behind:
        async def propose(self) -> WayBack:
            return found

        async def carry_out(
            self, sink: Sink, confirm: Callable[[WayBack], bool], *, stop: asyncio.Event
        ) -> RollbackResult:
            yes = confirm(found)
            sink(Notice("under way"))
            return (
                RollbackResult(yes, 2, (str(tmp_path / "runs"), str(tmp_path / "no")), "/etc/x")
                if yes
                else (RollbackResult(False))
            )

    @asynccontextmanager
    async def opened(reference: str, config: Path | None) -> AsyncIterator[Behind]:
        if reference == "zzzz":
            raise Problem("run-unknown", "There is no such run")
        yield Behind()

    monkeypatch.setattr("skylift.app.rollback.opened", opened)
    return found


def test_what_cannot_go_back_is_said_before_files_and_plan(skylift: Command, way: WayBack) -> None:
    ran = skylift("rollback", way.run.id, "--plan")
    assert ran.code == 2
    places = [ran.out.index(text) for text in ("! schema    no migration", "! passwords", "  ~ globals.yml", "Plan")]
    assert places == sorted(places)
    assert "    -a\n    +b\n" in ran.out
    assert "nova.conf changed" in ran.out


def test_a_plan_as_json(skylift: Command, way: WayBack) -> None:
    ran = skylift("rollback", way.run.id, "--plan", "--json")
    assert (ran.code, ran.document["run"]) == (2, way.run.id)
    assert ran.document["cannot"][0] == {"kind": "schema", "text": "no migration is undone"}


def test_nothing_is_done_without_a_yes(skylift: Command, way: WayBack) -> None:
    ran = skylift("rollback", way.run.id)
    assert ran.code == 1
    assert "--yes" in ran.err
    assert "as it was" not in ran.out


def test_a_yes_carries_it_out(skylift: Command, way: WayBack, tmp_path: Path) -> None:
    ran = skylift("rollback", way.run.id, "--yes")
    assert ran.code == 0
    assert f"{tmp_path / 'runs'} is as it was." in ran.out
    assert f"{tmp_path / 'no'} is gone again." in ran.out
    assert "kept in /etc/x" in ran.out
    last = skylift("rollback", way.run.id, "--yes", "--json").lines[-1]
    assert (last["kind"], last["confirmed"], last["changed"], last["copies"]) == ("run-result", True, 2, "/etc/x")


def test_a_wrong_run(skylift: Command, way: WayBack) -> None:
    ran = skylift("rollback", "zzzz", "--yes", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert '"code": "run-unknown"' in ran.err


def test_help_has_an_example(skylift: Command) -> None:
    assert "Example:  skylift rollback" in skylift("rollback", "--help").out
