"""history, show, diff and replay: without an engine, for people and for programs."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.history_runs import API, FIRST, RECREATED, desired, record

from skylift.app.workspace import Workspace

Command = Callable[..., Any]
VALUES = {
    "changed": 6,
    "report": {
        "ok": True,
        "address": "http://172.24.4.9",
        "checks": [{"name": "token", "ok": True, "seconds": 0.3, "detail": ""}],
    },
    "endpoints": {"image": "http://10.0.0.2:9292"},
    "credentials": "/etc/skylift/clouds.yaml",
    "phases": {"apply": 6.0},
}


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skylift: Command) -> Path:
    """The journal of a first deployment and a change; no command may open a workspace."""

    def opened(*_: object) -> None:
        raise AssertionError("the engine was opened")

    monkeypatch.setattr(Workspace, "open", opened)
    monkeypatch.setenv("SKYLIFT_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def runs(journal: Path) -> list[str]:
    """The ids of two runs, the oldest first."""
    first = record(journal, desired=desired("a\n"), values=VALUES)
    second = record(journal, "apply", start=1.8e9 + 60, operations=RECREATED, desired=desired("b\n"))
    return [first.id, second.id]


def test_history(skylift: Command, runs: list[str]) -> None:
    ran = skylift("history")
    assert ran.code == 0
    assert [line.split()[1] for line in ran.out.splitlines() if line.startswith("  ")] == runs[::-1]
    assert "nova: 1 recreated" in ran.out
    document = skylift("history", "--json", "--limit", "1").document
    assert [run["id"] for run in document["runs"]] == [runs[1]]
    assert (document["total"], document["clouds"]) == (2, ["skylift"])
    assert skylift("history", "--json", "--cloud", "other").document["runs"] == []


@pytest.mark.parametrize("command", ["history"])
def test_an_empty_journal_is_no_failure_of_a_list(skylift: Command, journal: Path, command: str) -> None:
    ran = skylift(command)
    assert (ran.code, ran.out) == (0, "No run is recorded yet. The first one is made by  skylift up\n")


@pytest.mark.parametrize("command", ["show", "diff", "replay"])
def test_an_empty_journal_says_how_to_begin(skylift: Command, journal: Path, command: str) -> None:
    ran = skylift(command)
    assert (ran.code, ran.out) == (1, "")
    assert "No run is recorded yet" in ran.err
    assert "fix    skylift up" in ran.err


@pytest.mark.parametrize("command", ["show", "diff", "replay"])
def test_a_wrong_run_is_a_problem(skylift: Command, runs: list[str], command: str) -> None:
    ran = skylift(command, "zzzz", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert '"code": "run-unknown"' in ran.err


def test_show(skylift: Command, runs: list[str], tmp_path: Path) -> None:
    ran = skylift("show")
    assert ran.out.startswith(f"✓ skylift apply  {runs[1]}  2.0 s  ok")
    ran = skylift("show", runs[0][:5], "--svg", str(tmp_path / "a.svg"), "--html", str(tmp_path / "a.html"))
    assert ran.code == 0
    assert f"{tmp_path / 'a.html'} written" in ran.out
    ET.parse(tmp_path / "a.svg")  # noqa: S314 - our own
    assert "skylift up" in (tmp_path / "a.html").read_text()


def test_show_as_json(skylift: Command, runs: list[str], journal: Path) -> None:
    document = skylift("show", "last-1", "--json").document
    assert (document["id"], document["verb"], document["outcome"]) == (runs[0], "up", "ok")
    assert document["phases"] == [{"phase": "apply", "begin": 0.0, "seconds": 6.0}]
    assert [step["target"] for step in document["critical_path"]["steps"]] == [API, API]
    assert document["critical_path"]["share"] == 0.333
    assert len(document["slowest"]) == len(FIRST)
    assert document["failed"] == []
    record(journal, start=1.8e9 + 90, end="failed", failing=f"container.ready:{API}")
    (failed,) = skylift("show", "--json").document["failed"]
    assert failed["problem"]["code"] == "container-exited"


def test_show_to_a_place_that_is_not_there(skylift: Command, runs: list[str], tmp_path: Path) -> None:
    ran = skylift("show", "--svg", str(tmp_path / "no" / "a.svg"))
    assert (ran.code, ran.out) == (1, "")
    assert "A file could not be written" in ran.err


def test_diff(skylift: Command, runs: list[str]) -> None:
    ran = skylift("diff")
    assert ran.code == 0
    assert "/etc/nova.conf  in nova_api, nova_scheduler" in ran.out
    assert skylift("diff", runs[0], runs[1]).out == ran.out
    document = skylift("diff", "last-1", "last", "--json").document
    assert document["rendered"][0]["diff"][-2:] == ["-a", "+b"]
    assert (document["old"]["id"], document["new"]["id"], document["same"]) == (*runs, False)
    assert '"code": "run-first"' in skylift("diff", runs[0], "--json").err


def test_replay(skylift: Command, runs: list[str]) -> None:
    ran = skylift("replay", runs[0])
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].endswith("apply: begins, 6 steps")
    assert "container mariadb: ok in 2.0 s" in ran.out
    assert "The cloud is up: 6 operations carried out." in ran.out
    assert ["answered", "http://172.24.4.9"] in [line.split() for line in lines]


def test_replay_as_json_gives_the_events_back(skylift: Command, runs: list[str]) -> None:
    from skylift.journal import read_run

    lines = skylift("replay", runs[1], "--json").lines
    recorded = [{"t": one.offset, "kind": one.kind, **one.fields} for one in read_run(runs[1]).events]
    assert lines == recorded


def test_a_hundred_times_the_pace_takes_its_time(skylift: Command, runs: list[str]) -> None:
    import time

    began = time.monotonic()
    assert skylift("replay", runs[1], "--speed", "20").code == 0
    assert 0.09 < time.monotonic() - began < 2.0


@pytest.mark.parametrize("command", ["history", "show", "diff", "replay"])
def test_help_has_an_example(skylift: Command, command: str) -> None:
    ran = skylift(command, "--help")
    assert ran.code == 0
    assert f"Example:  skylift {command}" in ran.out


def test_reading_the_journal_loads_no_engine_and_no_service(runs: list[str]) -> None:
    code = (
        "import sys\nfrom skylift.cli.main import app\n"
        "for words in (['history'], ['show'], ['diff'], ['replay']):\n    app(words, standalone_mode=False)\n"
        "loaded = [name for name in ('aiodocker', 'aiohttp', 'pydantic', 'jinja2', 'keystoneauth1', 'ruamel.yaml')"
        " if name in sys.modules]\nsys.exit(', '.join(loaded) or 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
