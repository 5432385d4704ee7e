"""What a report starts from: as much of the settings and of the engine as can be had. Nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from skylift import services
from skylift.app import access
from skylift.app.workspace import PASSWORDS, Workspace
from skylift.engines import Engine
from skylift.journal import list_runs, read_files
from skylift.journal.kept import OVERRIDES
from skylift.model.problem import Problem
from skylift.model.service import Service
from skylift.settings import Passwords, config_dir, load, load_overrides, passwords_of
from skylift.settings.document import read_text
from skylift.settings.known_secrets import known_secrets
from skylift.settings.overrides import override_folder
from skylift.settings.password_file import completed
from skylift.settings.settings import Settings

ENGINE_SECONDS = 15.0
DEFAULT_CLOUD = "skylift"


@dataclass
class Scene:
    """The parts that are there, each None where it could not be had, and then why.

    ``files`` are globals.yml and the overrides as the user wrote them, secrets included; ``secrets`` are those that the
    configuration folder holds. ``cloud`` is its name: by the settings, else by the last run, else the default.
    ``concerned`` maps a container or service to what is the matter with it, filled while sections are collected.
    """

    folder: Path
    declared: tuple[Service, ...]
    cloud: str
    files: Mapping[str, str]
    left_out: Mapping[str, str]
    secrets: frozenset[str]
    settings: Settings | None = None
    engine: Engine | None = None
    workspace: Workspace | None = None
    no_settings: Problem | None = None
    no_engine: Problem | None = None
    journal: Path | None = None
    concerned: dict[str, str] = field(default_factory=dict)

    def the_settings(self) -> Settings:
        """Return the settings. Raises the Problem for which they cannot be read."""
        if self.settings is None:
            raise _absent(self.no_settings)
        return self.settings

    def the_engine(self) -> Engine:
        """Return the engine. Raises the Problem for which it cannot be reached."""
        if self.engine is None:
            raise _absent(self.no_engine)
        return self.engine

    def the_workspace(self) -> Workspace:
        """Return both together. Raises the Problem of what is missing."""
        if self.workspace is None:
            raise _absent(self.no_settings or self.no_engine)
        return self.workspace


def _absent(problem: Problem | None) -> Problem:
    assert problem is not None, "what is not there has a reason"  # noqa: S101
    return problem


@asynccontextmanager
async def open_scene(config: Path | None, journal: Path | None = None) -> AsyncIterator[Scene]:
    """Read what there is of the settings, and reach the engine if it answers. Raises nothing for what is broken."""
    folder = config_dir(config)
    declared = services.load()
    settings, passwords, no_settings = _settings(folder, declared)
    overrides = override_folder(folder, settings) if settings else folder / OVERRIDES
    files, left_out = read_files(folder, overrides)
    texts = {name: content.decode("utf-8", "replace") for name, (content, _) in files.items()}
    secrets = known_secrets(folder, texts)
    if passwords is not None:
        public = (value for name, value in passwords.all().items() if not name.endswith(".public_key"))
        secrets |= {value.reveal() for value in public}
    if (known := access.password(folder)) is not None:
        secrets |= {known.reveal()}
    cloud = settings.keys.skylift_cloud_name if settings else _last_cloud(journal)
    scene = Scene(folder, declared, cloud, texts, left_out, secrets, settings, no_settings=no_settings, journal=journal)
    try:
        async with asyncio.timeout(ENGINE_SECONDS):
            scene.engine = await Engine.open()
    except Problem as problem:
        scene.no_engine = problem
    except TimeoutError:
        scene.no_engine = Problem(
            code="engine-unreachable",
            summary="The container engine does not answer",
            detail=f"it took the connection and said nothing for {ENGINE_SECONDS:.0f} s",
            fix="See the engine's log, and start it anew.",
        )
    try:
        if scene.engine is not None and settings is not None and passwords is not None and no_settings is None:
            read = load_overrides(folder, settings)
            scene.workspace = Workspace(folder, settings, passwords, declared, scene.engine, overrides=read)
        yield scene
    finally:
        if scene.engine is not None:
            await scene.engine.close()


def _settings(folder: Path, declared: Sequence[Service]) -> tuple[Settings | None, Passwords | None, Problem | None]:
    """Return settings and passwords as far as they can be read, and what is wrong first."""
    settings = None
    try:
        settings = load(folder, declared)
        load_overrides(folder, settings)
        words = [one for service in declared for one in service.passwords]
        # Those that are missing are generated as elsewhere, and not written: who looks at a failure changes nothing.
        text = completed(read_text(folder / PASSWORDS), words)
        return settings, passwords_of(text, words, Passwords({})), None
    except Problem as problem:
        return settings, None, problem


def _last_cloud(journal: Path | None) -> str:
    try:
        return next((run.cloud for run in list_runs(journal) if run.cloud), DEFAULT_CLOUD)
    except (Problem, OSError):
        return DEFAULT_CLOUD
