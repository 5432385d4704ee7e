"""One run: the lock, the journal, and the sinks that every event goes to."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from skylift import __version__
from skylift.app.workspace import Workspace
from skylift.execute.lock import cloud_lock
from skylift.journal import Journal
from skylift.model.event import Event, Notice, PhaseFinished, PhaseStarted, RunFinished, RunStarted, Sink
from skylift.model.problem import Problem
from skylift.settings.overrides import override_folder


class Run:
    """A run in progress. Call it with events; ``phases`` maps each finished phase to its seconds."""

    def __init__(self, workspace: Workspace, journal: Journal, sink: Sink, stop: asyncio.Event) -> None:
        self.workspace = workspace
        self.journal = journal
        self.stop = stop
        self.phases: dict[str, float] = {}
        self.began = time.monotonic()
        self._sink = sink

    def __call__(self, event: Event) -> None:
        """Hand ``event`` to the journal and to the view."""
        self.journal(event)
        self._sink(event)

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:
        """Bracket a phase with its events. Raises Problem ``interrupted`` when a stop was asked for before it."""
        self.check_stop()
        began = time.monotonic()
        self(PhaseStarted(name, total))
        try:
            yield
        finally:
            self.phases[name] = time.monotonic() - began
            self(PhaseFinished(name, self.phases[name]))

    def keep_input(self) -> None:
        """Have the journal keep the settings files as they are now."""
        folder = self.workspace.folder
        self.journal.input(folder, override_folder(folder, self.workspace.settings))

    def check_stop(self) -> None:
        """Raise Problem ``interrupted`` when the user asked to stop."""
        if self.stop.is_set():
            raise interrupted()


def interrupted() -> Problem:
    """Return the Problem of a run that the user stopped."""
    return Problem(
        code="interrupted",
        summary="Stopped at your request",
        detail="the running operations were finished and recorded; nothing else was started",
        fix="'skylift up' goes on from here.",
    )


@contextmanager
def start(workspace: Workspace, verb: str, sink: Sink, stop: asyncio.Event | None = None) -> Iterator[Run]:
    """Begin a run: take the lock of the cloud, open the journal, and close both whatever happens.

    Raises Problem ``locked`` when another run is under way.
    """
    settings = workspace.settings
    with cloud_lock(workspace.cloud_name, ("skylift", verb)):
        journal = Journal(
            verb,
            cloud=workspace.cloud_name,
            release=settings.openstack_release,
            version=__version__,
            mask=workspace.mask,
        )
        run = Run(workspace, journal, sink, stop or asyncio.Event())
        with journal:
            journal.settings(_yaml(settings.written()))
            run.keep_input()
            run(RunStarted(journal.id, verb, workspace.cloud_name))
            for notice in (*settings.warnings, *workspace.passwords.notices):
                run(notice)
            try:
                yield run
            except BaseException as error:
                stopped = not isinstance(error, Exception) or getattr(error, "code", "") == "interrupted"
                outcome = "interrupted" if stopped else "failed"
                run(RunFinished(journal.id, outcome, time.monotonic() - run.began))
                if stopped:
                    journal.finish("interrupted", error if isinstance(error, Problem) else None)
                raise
            run(RunFinished(journal.id, "ok", time.monotonic() - run.began))
        if journal.trouble:
            sink(Notice(f"The journal of this run is incomplete: {journal.trouble}", "warning"))


def _yaml(settings: dict[str, str]) -> str:
    """Return the settings as YAML: JSON strings are YAML, and no library need be loaded for them."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())
