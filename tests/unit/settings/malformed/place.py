"""A configuration folder, taken the way that ``plan``, ``check`` and ``set`` take it, without an engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from skylift import services
from skylift.app import shape
from skylift.app.change_edits import Edit
from skylift.app.situation import UNTRIED
from skylift.app.workspace import Workspace, read
from skylift.desired.build import build
from skylift.engines import Engine
from skylift.model.problem import Problem, Problems
from skylift.settings import load_passwords

RENDERED = ("keystone", "mariadb", "rabbitmq")
"""Services whose files are rendered here: among them they have override files of every kind."""


@cache
def passwords() -> str:
    """Return the text of a complete passwords.yml."""
    with TemporaryDirectory() as folder:
        load_passwords(Path(folder), [one for service in services.load() for one in service.passwords])
        return (Path(folder) / "passwords.yml").read_text()


def plan(folder: Path, texts: dict[str, str] | None = None) -> None:
    """Go as far as ``skylift plan`` goes before it compares with what is there. Raises Problem."""
    declared = services.load()
    settings, overrides, secrets = read(folder, declared, texts or {})
    workspace = Workspace(folder, settings, secrets, declared, cast(Engine, None), overrides=overrides)
    cloud = shape.cloud(workspace, shape.networks(settings, (), {}), UNTRIED)
    on = [service for service in workspace.enabled if service.name in RENDERED]
    if overrides:
        build(settings, secrets.all(), cloud, on, lambda name: (name, ""), declared=on, overrides=overrides)


def planned(folder: Path, edit: Callable[[], Edit]) -> None:
    """Go as far as ``skylift set`` goes before it shows what would follow. Raises Problem."""
    plan(folder, edit().texts)


def refused(call: Callable[[], object]) -> tuple[Problem, ...]:
    """Return what ``call`` raises, which must be a Problem; empty when it raises nothing."""
    try:
        call()
    except Problems as several:
        return several.problems
    except Problem as problem:
        return (problem,)
    return ()


def snapshot(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Return every file's kind, mode, time and bytes by its path; nothing is followed, nothing that waits is opened."""
    found: dict[str, tuple[Any, ...]] = {}
    for path in _paths(folder):
        state = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (state.st_mode, state.st_mtime_ns, content)
    return found


def _paths(folder: Path) -> Iterable[Path]:
    for root, folders, files in os.walk(folder):
        yield Path(root)
        yield from (Path(root) / name for name in (*folders, *files))
