"""The command line as a user calls it, against a cloud of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "scenario"
CLIENT_SECONDS = 180.0
SKYLIFT = str(Path(sys.executable).with_name("skylift"))


@dataclass(frozen=True)
class Answer:
    """What a command did."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def text(self) -> str:
        """Both streams."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """The last JSON document of the output."""
        return json.loads(self.out.strip().splitlines()[-1] if "\n{" in self.out.strip() else self.out)


@dataclass
class Cloud:
    """One configuration folder, one journal, one cloud."""

    folder: Path
    answers: list[Answer] = field(default_factory=list)

    @property
    def config(self) -> Path:
        """The configuration folder."""
        return self.folder / "config"

    @property
    def journal(self) -> Path:
        """The journal's folder."""
        return self.folder / "state"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the commands."""
        own = {"SKYLIFT_CONFIG": str(self.config), "SKYLIFT_STATE": str(self.journal), "NO_COLOR": "1"}
        return {**os.environ, **own}

    def settings(self, text: str = "") -> None:
        """Write globals.yml: the cloud's name, and ``text``."""
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "globals.yml").write_text(f"skylift_cloud_name: {NAME}\n{text}")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and do not wait."""
        return subprocess.Popen(
            [SKYLIFT, *arguments],
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, timeout: float = 1200, more: Mapping[str, str] | None = None) -> Answer:
        """Run a command to its end, within ``timeout`` seconds; the client is to answer sooner."""
        began = time.monotonic()
        done = subprocess.run(
            [SKYLIFT, *arguments],
            env={**self.environment, **(more or {})},
            text=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=min(timeout, CLIENT_SECONDS) if arguments[0] == "openstack" else timeout,
            check=False,
        )
        answer = Answer(done.returncode, done.stdout, done.stderr, time.monotonic() - began)
        self.answers.append(answer)
        number = len(self.answers)
        (self.folder / f"{number:02d}-{arguments[0]}.txt").write_text(answer.text)
        return answer

    def ok(self, *arguments: str, timeout: float = 1200) -> Answer:
        """Run a command that must succeed."""
        answer = self.run(*arguments, timeout=timeout)
        assert answer.code == 0, f"skylift {' '.join(arguments)} ended with {answer.code}:\n{answer.text[-6000:]}"
        return answer


def docker(*arguments: str) -> str:
    """Ask the engine with its own client: an observer that shares no code with Skylift."""
    done = subprocess.run(["docker", *arguments], text=True, capture_output=True, check=True, timeout=120)
    return done.stdout.strip()


def containers(*more: str) -> dict[str, str]:
    """Return name → id and start of every container of the cloud."""
    names = names_of()
    if not names:
        return {}
    lines = docker("inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}}", *names).splitlines()
    return {line.split()[0].lstrip("/"): line for line in lines}


def names_of() -> list[str]:
    """Return the names of every container of the cloud, also while it is being made."""
    return docker("ps", "-a", "--filter", f"label=io.skylift.cloud={NAME}", "--format", "{{.Names}}").split()


def short(name: str) -> str:
    """Return the engine's name of a container of the cloud's one node."""
    return f"{NAME}-node1-{name}"
