"""The chart of a run and the pictures made of it."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from skylift.journal import Journal
from skylift.model.event import (
    PhaseFinished,
    PhaseStarted,
    PlanMade,
    RunFinished,
    RunResult,
    RunStarted,
    StepFinished,
    StepStarted,
)

ROOT = Path(__file__).parents[2]


def load(path: str) -> ModuleType:
    """Return a script as a module."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def started(step: str, at: float) -> dict[str, Any]:
    action, _, target = step.partition(":")
    return {"t": at, "kind": "step-started", "step": step, "action": action, "target": target, "cause": ""}


def finished(step: str, at: float) -> dict[str, Any]:
    return {"t": at, "kind": "step-finished", "step": step, "state": "ok", "seconds": 0.0}


DB, JOB, API = "container.ready:c-node1-mariadb", "job.run:c-node1-schema", "container.ready:c-node1-nova_api"
QUICK = "container.ready:c-node1-memcached"
NEEDS = {DB: [], QUICK: [], JOB: [DB], API: [JOB, QUICK]}
EVENTS = [
    {"t": 0.0, "kind": "plan-made", "operations": [{"id": step, "needs": needs} for step, needs in NEEDS.items()]},
    {"t": 0.0, "kind": "phase-started", "phase": "apply"},
    started(DB, 0.0),
    started(QUICK, 0.0),
    finished(QUICK, 0.5),
    finished(DB, 3.0),
    started(JOB, 3.0),
    finished(JOB, 5.0),
    started(API, 5.0),
    finished(API, 9.0),
    {"t": 9.0, "kind": "phase-finished", "phase": "apply", "seconds": 9.0},
]


def test_the_chain_goes_back_through_what_was_waited_for_longest() -> None:
    chart = load("bench/chart.py").read(EVENTS)
    assert chart.chain == [DB, JOB, API]
    assert chart.length == 9.0
    assert [row.label for row in chart.rows] == ["mariadb", "memcached", "schema", "nova_api"]
    assert chart.phases == [("apply", 0.0, 9.0)]


def test_parallel_work_on_one_row_is_counted_once() -> None:
    chart = load("bench/chart.py").read(
        [started("volume.create:a", 0.0), started("volume.create:b", 0.5), finished("volume.create:a", 1.0),
         finished("volume.create:b", 2.0)]
    )  # fmt: skip
    assert [(row.label, row.busy) for row in chart.rows] == [("volumes", 2.0)]


def test_the_chart_is_well_formed_and_has_a_bar_for_each_operation() -> None:
    module = load("bench/chart.py")
    drawn = module.draw(module.read(EVENTS), "a <title> & more")
    titles = [one.text for one in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}title")]  # noqa: S314 - our own
    assert len(titles) == len(NEEDS) + 1
    assert f"{JOB}: 2.0 s ok" in titles


def test_a_run_that_was_cut_off_is_drawn_to_its_last_event() -> None:
    chart = load("bench/chart.py").read(EVENTS[:6])
    assert {bar.step: bar.end for row in chart.rows for bar in row.bars} == {DB: 3.0, QUICK: 0.5}
    assert chart.phases == [("apply", 0.0, 3.0)]


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A journalled run; its id."""
    monkeypatch.setenv("SKYLIFT_STATE", str(tmp_path / "state"))
    run = Journal("up", cloud="c", release="2026.2", version="0", mask=str, journal=tmp_path / "state")
    operations = tuple(
        {"id": step, "action": "container.ready", "target": step, "cause": "new", "service": "x", "needs": needs}
        for step, needs in NEEDS.items()
    )
    checks = [{"name": "token", "ok": True, "seconds": 0.3, "detail": ""}]
    values = {
        "changed": 4,
        "report": {"ok": True, "address": "http://172.24.4.9", "checks": checks},
        "endpoints": {"image": "http://10.0.0.2:9292"},
        "credentials": "/c.yaml",
        "phases": {"apply": 0.4},
    }
    with run:
        run(RunStarted(run.id, "up", "c"))
        run(PlanMade(operations))
        run(PhaseStarted("apply", len(operations)))
        for step in NEEDS:
            action, _, target = step.partition(":")
            run(StepStarted(step, action, target))
            run(StepFinished(step, "ok", 0.1))
        run(PhaseFinished("apply", 0.4))
        run(RunResult(values))
        run(RunFinished(run.id, "ok", 0.5))
    return run.id


def test_the_pictures_show_the_recorded_run(journal: str, tmp_path: Path) -> None:
    picture = load("scripts/picture.py")
    assert picture.deployments() == [journal]
    assert picture.main(["--output", str(tmp_path)]) == 0
    whole = (tmp_path / "up.svg").read_text().replace("&#160;", " ")
    assert "url(http" not in whole
    for text in ("skylift up", "mariadb", "nova_api", "http://10.0.0.2:9292", "http://172.24.4.9", "4 operations"):
        assert text in whole
    assert (tmp_path / "up-running.svg").exists()


def test_the_chart_of_a_journalled_run(journal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load("bench/chart.py").main([journal, "--output", str(tmp_path / "chart.svg")]) == 0
    assert "nova_api" in (tmp_path / "chart.svg").read_text()
    assert capsys.readouterr().out.splitlines()[-1].endswith(API)
