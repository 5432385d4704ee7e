"""skylift explain: a text, a file, a pipe, a run; for people and for programs; and without an engine."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit import history_runs
from tests.unit.history_runs import API, record
from typer.testing import CliRunner

from skylift.app.workspace import Workspace
from skylift.cli.main import app
from skylift.model.problem import Problem

Command = Callable[..., Any]
DENIED = """(1045, "Access denied for user 'nova'@'172.24.0.16' (using password: YES)")"""
FAILED = Problem(
    "container-exited",
    "A container ended that should keep running",
    f"exit code 1; its last lines:\n2026-11-30 10:11:12.345 1 CRITICAL nova {DENIED}",
    "skylift logs nova_api",
    "nova_api",
)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skylift: Command) -> Path:
    """An empty journal; no command may open a workspace."""

    def opened(*_: object) -> None:
        raise AssertionError("the engine was opened")

    monkeypatch.setattr(Workspace, "open", opened)
    monkeypatch.setattr(history_runs, "FAILURE", FAILED)
    monkeypatch.setenv("SKYLIFT_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_text(skylift: Command, journal: Path) -> None:
    ran = skylift("explain", DENIED)
    assert ran.code == 0
    assert ran.out.startswith("✗ The database refuses a service's user or password  database-access-denied\n")
    assert "skylift rotate nova_database_password" in ran.out
    (finding,) = skylift("explain", "--json", DENIED).document
    assert list(finding) == [
        "code", "severity", "summary", "cause", "evidence", "fix", "where", "follows_from",
    ]  # fmt: skip
    assert (finding["code"], finding["severity"], finding["where"]) == ("database-access-denied", "error", "line 1")
    assert finding["evidence"] == [{"text": DENIED, "source": "", "age": None, "count": 1}]


def test_words_without_quotes(skylift: Command, journal: Path) -> None:
    document = skylift("explain", "--json", "No", "valid", "host", "was", "found").document
    assert [one["code"] for one in document] == ["nova-no-valid-host"]


def test_a_file_with_causes_and_consequences(skylift: Command, journal: Path, tmp_path: Path) -> None:
    log = tmp_path / "nova.log"
    log.write_text(
        "nova_conductor           2026-11-30 10:11:13.345 9 ERROR nova No valid host was found. \n"
        "nova_scheduler           2026-11-30 10:11:12.345 9 INFO nova.filters Filter ComputeFilter returned 0 hosts\n"
    )
    ran = skylift("explain", str(log))
    assert ran.out.startswith("✗ A scheduler's filter ruled out every compute node")
    assert "Only consequences of it:\n  · The scheduler found no compute node for a guest (nova_conductor" in ran.out
    assert ran.out.rstrip().endswith("from nova-filter-empty")
    packed = tmp_path / "nova.log.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    first, second = skylift("explain", "--json", str(packed)).document
    assert (first["where"], second["follows_from"]) == ("nova_scheduler", "nova-filter-empty")
    assert first["evidence"][0]["age"] > 0


def test_a_pipe(journal: Path) -> None:
    ran = CliRunner().invoke(app, ["explain", "-", "--json"], input=f"first\n{DENIED}\n")
    assert '"where": "line 2"' in ran.stdout


def test_a_run_and_the_last_that_failed(skylift: Command, journal: Path) -> None:
    ran = skylift("explain")
    assert (ran.code, ran.out) == (1, "")
    assert "There is nothing to explain" in ran.err
    failed = record(journal, end="failed", failing=f"container.ready:{API}")
    record(journal, "apply", start=1.8e9 + 60)
    for arguments in ((), (failed.id,), (failed.id[:5],), ("last-1",)):
        (finding,) = skylift("explain", "--json", *arguments).document
        assert (finding["code"], finding["where"]) == ("database-access-denied", "nova_api"), arguments
    assert skylift("explain", "last").out.startswith("Nothing failed in run ")


def test_a_run_that_is_not_there(skylift: Command, journal: Path) -> None:
    record(journal)
    ran = skylift("explain", "last-7")
    assert ran.code == 1
    assert "There is no such run" in ran.err


def test_what_no_rule_knows(skylift: Command, journal: Path, tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("glance_api               2026-11-30 10:11:12.345 9 ERROR glance [-] the moon is down\nfine\n")
    ran = skylift("explain", str(log))
    assert ran.code == 0
    assert ran.out.startswith("No rule knows ")
    assert "the moon is down" in ran.out
    assert "skylift status\n" in ran.out
    assert "skylift logs glance_api --since 30m | skylift explain -\n" in ran.out
    assert skylift("explain", "--json", str(log)).document == []
    assert "skylift logs SERVICE --since 30m" in skylift("explain", "the moon is down").out


@pytest.mark.parametrize("name", ["no/such/file.log", "/no/such"])
def test_a_file_that_is_not_there(skylift: Command, journal: Path, name: str) -> None:
    ran = skylift("explain", name, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert '"code": "text-unreadable"' in ran.err


def test_a_broken_archive(skylift: Command, journal: Path, tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"x" * 1000)[:-9])
    assert '"code": "text-unreadable"' in skylift("explain", str(tmp_path / "x.gz"), "--json").err
    (tmp_path / "y.gz").write_bytes(b"no archive")
    assert '"code": "text-unreadable"' in skylift("explain", str(tmp_path / "y.gz"), "--json").err


def test_bytes_that_are_no_text(skylift: Command, journal: Path, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(b"\xff\xfe\x00" + DENIED.encode() + b"\x00\n")
    assert [one["code"] for one in skylift("explain", "--json", str(tmp_path / "x.log")).document] == [
        "database-access-denied"
    ]
