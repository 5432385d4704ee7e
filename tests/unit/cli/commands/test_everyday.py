"""version, env, openstack, logs, images, and what all commands have in common."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from skylift import OPENSTACK_RELEASE, __version__
from skylift.app import access
from skylift.app.logs import LogLine
from skylift.doctor.prechecks import Finding
from skylift.images import Listed
from skylift.images.names import DEFAULT_RELEASE
from skylift.model.event import Notice, Sink
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.openstack.client import Credentials

Command = Callable[..., Any]

COMMANDS = ["up", "check", "plan", "apply", "verify", "status", "down", "openstack", "exec", "logs", "env", "version",
            "report", "images list", "images build", "images prune"]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_short_and_has_an_example(skylift: Command, command: str) -> None:
    ran = skylift(*command.split(), "--help")
    assert ran.code == 0
    assert f"Example:  skylift {command}" in ran.out or "$(skylift env)" in ran.out
    assert len(ran.out.splitlines()) < 30


def test_the_commands_are_listed_in_full(skylift: Command) -> None:
    out = skylift("--help").out
    assert "..." not in out.split("Commands:")[1]
    assert all(f"  {command.split()[0]} " in out for command in COMMANDS)


def test_version(skylift: Command) -> None:
    assert skylift("version").out.startswith(f"Skylift {__version__}, OpenStack {OPENSTACK_RELEASE},")
    assert skylift("version", "--json").document["openstack"] == OPENSTACK_RELEASE == DEFAULT_RELEASE


@pytest.mark.parametrize("arguments", [["--help"], ["version"]])
def test_quick_commands_import_nothing_heavy(arguments: list[str]) -> None:
    heavy = ["rich", "pydantic", "aiohttp", "aiodocker", "jinja2", "requests", "ruamel.yaml", "skylift.app"]
    script = (
        "import sys; from skylift.cli.main import main\n"
        f"sys.argv = ['skylift', *{arguments!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"sys.exit(','.join(name for name in {heavy!r} if name in sys.modules) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration folder after ``up``."""
    access.write(tmp_path, "skylift", Credentials("http://10.0.0.2:5000/v3", "admin", Secret("hush"), "admin"))
    return tmp_path


def test_env_shows_paths_and_no_password(skylift: Command, folder: Path) -> None:
    ran = skylift("env", "--config", str(folder))
    assert ran.code == 0
    assert f"export OS_CLIENT_CONFIG_FILE={folder}/clouds.yaml\nexport OS_CLOUD=skylift\n" in ran.out
    assert "hush" not in ran.out
    assert skylift("env", "--config", str(folder), "--json").document["openrc"] == str(folder / "admin-openrc.sh")


def test_env_before_up_says_what_to_do(skylift: Command, tmp_path: Path) -> None:
    ran = skylift("env", "--config", str(tmp_path))
    assert (ran.code, ran.out) == (1, "")
    assert "There are no credentials yet" in ran.err


@pytest.mark.parametrize(
    "arguments", [["server", "list", "--help"], ["--version"], ["-c", "Name", "flavor", "list", "--config", "x"], []]
)
def test_openstack_gets_every_argument(
    monkeypatch: pytest.MonkeyPatch, skylift: Command, folder: Path, arguments: list[str]
) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []

    def execve(path: str, command: list[str], environ: dict[str, str]) -> None:
        seen.append((command, environ))
        raise SystemExit(7)

    monkeypatch.setattr(os, "execve", execve)
    assert skylift("openstack", "--config", str(folder), *arguments).code == 7
    ((command, environ),) = seen
    assert command[1:] == arguments
    assert environ["OS_CLIENT_CONFIG_FILE"] == str(folder / "clouds.yaml")


def test_logs_have_the_container_before_each_line(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    asked: list[Any] = []

    async def logs(_: object, name: str, **options: Any) -> AsyncIterator[LogLine]:
        asked.append((name, options))
        yield LogLine("nova_api", "2026-11-24T08:00:00Z", "started")

    monkeypatch.setattr("skylift.app.logs.logs", logs)
    assert skylift("logs", "nova", "--since", "10m").out == "nova_api                 started\n"
    assert asked == [("nova", {"follow": False, "since": "10m", "tail": None})]
    assert skylift("logs", "nova", "--json").lines == [
        {"container": "nova_api", "time": "2026-11-24T08:00:00Z", "text": "started"}
    ]


def test_exec_hands_on_the_command_and_its_exit_code(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    seen: list[Any] = []

    async def execute(_: object, word: str, command: list[str], person: Any, *, user: str, term: str) -> int:
        seen.append((word, command, user, person.tty))
        return 3

    monkeypatch.setattr("skylift.app.inside.execute", execute)
    assert skylift("exec", "-u", "root", "nova_api", "nova-manage", "--help", "-u", "x").code == 3
    assert seen == [("nova_api", ["nova-manage", "--help", "-u", "x"], "root", False)]


def listed(name: str, family: str, *, current: bool = True, used: bool = False, size: int = 565_000_000) -> Listed:
    return Listed(name, family, f"skylift/{name}:1", "sha256:0123456789abcdef", size, 0.0, current, used)


def test_images(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    found = (
        listed("", "base", size=90_000_000),
        listed("nova-api", "base", used=True),
        listed("old", "base", current=False),
    )

    async def listing(_: object) -> tuple[Listed, ...]:
        return found

    async def prune(_: object, *, everything: bool) -> tuple[Listed, ...]:
        return found if everything else found[2:]

    monkeypatch.setattr("skylift.app.image_list.listing", listing)
    monkeypatch.setattr("skylift.app.image_list.prune", prune)
    lines = skylift("images", "list").out.splitlines()
    assert [line.split()[-1] for line in lines[:3]] == ["ready", "used", "old"]
    assert lines[3] == "2 images, 1 used, 90 MB of layers; 1 of old recipes: skylift images prune"
    assert len(skylift("images", "list", "--json").document["images"]) == 3
    assert skylift("images", "prune").out.splitlines() == ["  - skylift/old:1", "1 image removed"]
    assert len(skylift("images", "prune", "--all", "--json").document["removed"]) == 3


def test_check_names_what_it_checked(monkeypatch: pytest.MonkeyPatch, skylift: Command) -> None:
    findings = [Finding("disk", "9 GiB free"), Finding("leftovers", "", (), (Problem("left", "Something is left"),))]

    async def precheck(_: object, sink: Sink) -> tuple[Finding, ...]:
        sink(Notice("nothing reads it", "warning", "config/nova.cnf"))
        return tuple(findings)

    monkeypatch.setattr("skylift.app.precheck.precheck", precheck)
    ran = skylift("check")
    assert ran.out.splitlines() == [
        "✓ disk       9 GiB free",
        "! leftovers  Something is left",
        "",
        "! Something is left",
        "",
        "All 2 checks hold, 1 with a remark.",
    ]
    assert (ran.code, ran.err) == (0, "warning: config/nova.cnf: nothing reads it\n")
    document = skylift("check", "--json").document
    assert document["ok"] is True
    assert [(one["name"], one["state"]) for one in document["checks"]] == [("disk", "ok"), ("leftovers", "warning")]
    findings.append(Finding("memory", "", (Problem("short", "Too little memory", "1 GiB", "Stop something."),)))
    ran = skylift("check")
    assert ran.code == 1
    assert "✗ memory     Too little memory" in ran.out.splitlines()
    assert ran.out.splitlines()[-5:] == [
        "✗ Too little memory",
        "  1 GiB",
        "  fix    Stop something.",
        "",
        "1 of 3 checks failed, 1 with a remark.",
    ]
    assert skylift("check", "--json").document["checks"][2]["problems"][0]["code"] == "short"


@pytest.mark.parametrize("arguments", [["nosuch"], ["plan", "--nosuch"], ["logs"], ["verify", "--keep=3"]])
def test_a_wrong_word_is_a_failure_and_not_pending_changes(arguments: list[str]) -> None:
    command = [str(Path(sys.executable).with_name("skylift")), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Error: " in ran.stderr
    assert "Traceback" not in ran.stderr
