"""The sink that keeps a run: one folder, written as the run goes, complete up to the moment it is cut off."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TextIO

from skylift.journal.files import Mask, masked, open_private, write_whole
from skylift.journal.kept import look_at, write_desired, write_input
from skylift.journal.location import EVENTS, OUTCOME, PLAN, PLAN_TEXT, RUN, SCHEMA, SETTINGS, runs_folder
from skylift.journal.process import boot_id, started_at
from skylift.journal.prune import prune
from skylift.model.event import Event, StepFinished
from skylift.model.plan import Plan
from skylift.model.problem import Problem, Problems

Clock = Callable[[], float]


class Journal:
    """The record of one run, and an event sink: call it with each event.

    A journal that cannot be written (disk full, no permission) must not stop a deployment: writing ends, and
    ``trouble`` says why, so that the command can tell at its end.
    """

    def __init__(
        self,
        verb: str,
        *,
        cloud: str,
        release: str,
        version: str,
        mask: Mask,
        command: Sequence[str] = (),
        journal: Path | None = None,
        clock: Clock = time.time,
        ticks: Clock = time.monotonic,
    ) -> None:
        self.verb = verb
        self.trouble = ""
        self.counts: Counter[str] = Counter()
        self.id = secrets.token_hex(4)
        self.started = clock()
        self._mask = mask
        self._clock = clock
        self._ticks = ticks
        self._origin = ticks()
        self._guard = threading.Lock()
        self._events: TextIO | None = None
        self._finished = False
        runs = runs_folder(journal)
        stamp = datetime.fromtimestamp(self.started, UTC).strftime("%Y%m%dT%H%M%SZ")
        self.folder = runs / f"{stamp}-{verb}-{self.id}"
        try:
            # Plans and settings are the owner's business, though they hold no password.
            self.folder.mkdir(mode=0o700, parents=True)
            self._events = open_private(self.folder / EVENTS)
        except OSError as error:
            self._give_up(error)
        self._write_json(
            RUN,
            {
                "schema": SCHEMA,
                "id": self.id,
                "verb": verb,
                "command": list(command) or ["skylift", verb],
                "cloud": cloud,
                "release": release,
                "skylift": version,
                "user": _user(),
                "host": socket.gethostname(),
                "started": round(self.started, 3),
                "started_at": datetime.fromtimestamp(self.started, UTC).isoformat(timespec="seconds"),
                "pid": os.getpid(),
                "pid_started": started_at(os.getpid()),
                "boot": boot_id(),
            },
        )
        with suppress(OSError):
            prune(runs, now=self.started)

    def __call__(self, event: Event) -> None:
        """Append the event. Never raises. Safe from several threads."""
        if isinstance(event, StepFinished):
            self.counts[event.state] += 1
        line = {"t": round(self._ticks() - self._origin, 3), "at": round(self._clock(), 3), **event.as_dict()}
        text = json.dumps(masked(line, self._mask), ensure_ascii=False, separators=(",", ":"))
        with self._guard:
            if self._events is None:
                return
            try:
                self._events.write(text + "\n")
                # To the kernel: enough to survive the death of this process. A line is not worth a disk's time.
                self._events.flush()
            except OSError as error:
                self._give_up(error)

    def plan(self, plan: Plan, text: str = "") -> None:
        """Keep the plan before it is executed, with its readable form."""
        self._write_json(PLAN, {"schema": SCHEMA, **plan.as_dict()})
        if text:
            self._write(PLAN_TEXT, self._mask(text))

    def settings(self, text: str) -> None:
        """Keep the settings as used (YAML). The caller leaves secrets out; what slipped in is masked."""
        self._write(SETTINGS, self._mask(text))

    def input(self, config: Path, overrides: Path | None = None) -> None:
        """Keep what the user wrote: globals.yml in ``config``, and the override folder (``config`` in it)."""
        self._attempt(lambda: write_input(self.folder, look_at(config, self._mask, overrides), self._mask))

    def desired(self, document: Mapping[str, Any]) -> None:
        """Keep what the settings meant: containers with their images and rendered files, services, networks."""
        self._attempt(lambda: write_desired(self.folder, document, self._mask))

    def finish(self, outcome: str, problem: Problem | None = None, seconds: float | None = None) -> None:
        """Write the outcome (``ok``, ``failed``, ``interrupted``) and close. Only the first call counts."""
        if self._finished:
            return
        self._finished = True
        with self._guard:
            if self._events is not None:
                with suppress(OSError):
                    os.fsync(self._events.fileno())
                self._events.close()
                self._events = None
        self._write_json(
            OUTCOME,
            {
                "schema": SCHEMA,
                "outcome": outcome,
                "seconds": round(self._ticks() - self._origin if seconds is None else seconds, 3),
                "finished": round(self._clock(), 3),
                "counts": dict(self.counts),
                "problem": _problem(problem),
            },
            durable=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Finish a run that did not do so itself: what was raised decides the outcome."""
        if error is None:
            self.finish("ok")
        elif isinstance(error, Exception):
            bug = Problem("bug", "This is a bug in Skylift", f"{type(error).__name__}: {error}")
            self.finish("failed", error if isinstance(error, Problem) else bug)
        else:
            self.finish("interrupted")

    def _write_json(self, name: str, document: dict[str, Any], durable: bool = False) -> None:
        self._write(name, json.dumps(masked(document, self._mask), indent=1) + "\n", durable)

    def _write(self, name: str, text: str, durable: bool = False) -> None:
        self._attempt(lambda: write_whole(self.folder / name, text, durable))

    def _attempt(self, write: Callable[[], None]) -> None:
        if self.trouble:
            return
        try:
            write()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.trouble = self.trouble or f"{error.strerror or error}: {error.filename or self.folder}"
        if self._events is not None:
            with suppress(OSError):
                self._events.close()
        self._events = None


def _problem(problem: Problem | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    document: dict[str, Any] = {**problem.as_dict()}
    if isinstance(problem, Problems):
        document["problems"] = [each.as_dict() for each in problem.problems]
    return document


def _user() -> str:
    with suppress(KeyError, OSError):
        return os.environ.get("SUDO_USER") or getpass.getuser()
    return str(os.geteuid())
