"""Commands with a workspace that opens nothing; each test puts its own use case behind them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from skylift.app.workspace import Workspace
from skylift.cli.main import app


@dataclass
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Ran]


@pytest.fixture
def skylift(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Call the command line in this process."""

    @asynccontextmanager
    async def open_(_: Path | None = None, **__: object) -> AsyncIterator[object]:
        yield object()

    monkeypatch.setattr(Workspace, "open", open_)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("SKYLIFT_CONFIG", raising=False)

    def call(*arguments: str) -> Ran:
        result = CliRunner().invoke(app, list(arguments))
        return Ran(result.exit_code, result.stdout, result.stderr)

    return call
