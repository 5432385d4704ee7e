"""skylift report: what is in the archive and what is missing, as a table and as JSON; never a traceback."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skylift.app import bundle as use_case
from skylift.app.bundle import Bundle, Section
from skylift.app.bundle_archive import Filed

Command = Callable[..., Any]
MADE = Bundle(
    Path("/tmp/skylift-report-mine-20261130T210000Z.tar.gz"),
    312_000,
    "mine",
    (
        Section("versions", 0.01, (Filed("versions.json", 428),)),
        Section("bugs", 0.01, ()),
        Section("doctor", 0.5, (Filed("doctor.failed.txt", 90),), "There is no cloud on this engine\n  fix: up"),
        Section("logs", 2.0, (Filed("logs/a.log", 262_100, "the last …"), Filed("logs/b.log", 900))),
    ),
)


def test_what_is_there_and_what_is_not(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    asked: list[Any] = []

    async def make(*arguments: Any, **options: Any) -> Bundle:
        asked.append((arguments, options))
        return MADE

    monkeypatch.setattr(use_case, "make", make)
    ran = skylift("report", "--out", "a.tar.gz", "--no-logs", "--since", "1h", "--config", "etc")
    assert (ran.code, ran.err) == (0, "")
    assert asked == [((Path("etc"), Path("a.tar.gz")), {"logs": False, "since": "1h"})]
    assert [line.rstrip() for line in ran.out.splitlines()] == [
        "✓ versions  1 file    428 B",
        "✓ bugs      none",
        "! doctor                     not there: There is no cloud on this engine",
        "✓ logs      2 files  263 kB  1 file shortened",
        "",
        "/tmp/skylift-report-mine-20261130T210000Z.tar.gz  (312 kB, readable by you alone)",
        "Passwords, tokens and keys in it are masked. Look into it before you send it:",
        "  tar -xzf /tmp/skylift-report-mine-20261130T210000Z.tar.gz",
    ]
    assert skylift("report", "--json").document == MADE.as_dict()


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without engine, settings and journal; the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/engine.sock")
    monkeypatch.setenv("SKYLIFT_STATE", str(tmp_path / "state"))
    return tmp_path


def test_a_machine_with_nothing_gets_a_report(skylift: Command, nothing: Path) -> None:
    ran = skylift("report", "--config", str(nothing / "etc"))
    assert (ran.code, ran.err) == (0, "")
    assert "! doctor" in ran.out and "No container engine was found" in ran.out
    (made,) = nothing.glob("skylift-report-skylift-*.tar.gz")
    with tarfile.open(made) as tar:
        assert any(name.endswith("/settings/effective.json") for name in tar.getnames())
    assert not (nothing / "etc").exists()


def test_settings_that_are_wrong_are_no_failure_of_a_report(skylift: Command, nothing: Path) -> None:
    (nothing / "globals.yml").write_text("enable_nova: perhaps\n")
    ran = skylift("report", "--config", str(nothing), "--json", "--out", str(nothing / "a.tar.gz"))
    assert (ran.code, ran.err) == (0, "")
    sections = {one["name"]: one for one in ran.document["sections"]}
    assert not sections["settings"]["ok"] and "globals.yml:1" in sections["settings"]["why"]
    assert sections["settings as written"]["ok"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--out", "/nonexistent/a.tar.gz"), "could not be written"), (("--since", "yesterday"), "no time")],
)
def test_what_the_user_can_mend_is_a_problem(
    skylift: Command, nothing: Path, arguments: tuple[str, str], told: str
) -> None:
    ran = skylift("report", *arguments, "--config", str(nothing))
    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err and "Traceback" not in ran.err
    assert json.loads(skylift("report", *arguments, "--config", str(nothing), "--json").err)["problems"]
