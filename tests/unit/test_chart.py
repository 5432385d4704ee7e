"""The scripts that draw a recorded run."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

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


DB, JOB, API = "container.ready:c-node1-mariadb", "job.run:c-node1-schema", "container.ready:c-node1-nova_api"
QUICK = "container.ready:c-node1-memcached"
NEEDS = {DB: [], QUICK: [], JOB: [DB], API: [JOB, QUICK]}


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
