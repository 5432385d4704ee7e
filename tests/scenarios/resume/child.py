"""One run of ``up`` in a forked process that kills itself at a chosen operation.

The parent has loaded all modules and started no thread and no event loop, so a fork is a whole process that begins
at once. Each event is written to a file before anything else happens: what SIGKILL leaves behind can be read.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from skylift.app.up import up
from skylift.app.workspace import Workspace
from skylift.model.event import Event, PlanMade, StepFinished, StepStarted
from skylift.model.problem import Problem

Position = Literal["start", "during", "end"]
AT_ONCE = 0.002
"""An operation that had begun this many seconds before the kill had done nothing yet."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where an operation is to be cut off; ``delay`` in seconds after its start, for ``during``."""

    position: Position
    delay: float = 0.0


@dataclass
class Ended:
    """What a run left in its file. ``killed`` maps operations to where they were cut off, with milliseconds."""

    plan: tuple[str, ...] = ()
    finished: dict[str, str] = field(default_factory=dict)
    killed: dict[str, tuple[Position, int]] = field(default_factory=dict)
    problem: str = ""
    signal: int = 0
    seconds: float = 0.0


class Killer:
    """A sink that ends the process at the first of the operations it aims at."""

    def __init__(self, file: int, aims: Mapping[str, Aim]) -> None:
        self.file = file
        self.aims = aims
        self.guard = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Write the event; kill."""
        match event:
            case PlanMade():
                self.note("plan", [operation["id"] for operation in event.operations])
            case StepStarted():
                self.note("started", event.step)
                if (aim := self.aims.get(event.step)) and aim.position == "start":
                    self.kill(event.step, "start")
                elif aim and aim.position == "during":
                    timer = threading.Timer(aim.delay, self.kill, (event.step, "during"))
                    timer.daemon = True
                    timer.start()
            case StepFinished():
                # One that ends before its time has come is cut off here: between it and whatever waits for it.
                if event.step in self.aims:
                    self.kill(event.step, "end")
                self.note("finished", [event.step, event.state])

    def note(self, what: str, value: Any) -> None:
        """Append a line to the file, in one write."""
        os.write(self.file, (json.dumps([what, value, time.monotonic()]) + "\n").encode())

    def kill(self, step: str, position: Position) -> None:
        """End this process as the kernel does it."""
        with self.guard:
            self.note("kill", [step, position])
            os.kill(os.getpid(), signal.SIGKILL)


def preload() -> None:
    """Load what a run loads later, so that children need not."""
    for name in ("skylift.openstack.session", "skylift.doctor.prechecks.run", "skylift.openstack.resources"):
        import_module(name)
    from skylift.openstack.resources import kinds

    kinds()


def run(config: Path, file: Path, aims: Mapping[str, Aim]) -> Ended:
    """Run ``up`` in a child and return what became of it."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os._exit(_child(config, file, aims))
    _, status = os.waitpid(child, 0)
    ended = read(file)
    ended.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    ended.seconds = time.monotonic() - began
    if not ended.signal and os.waitstatus_to_exitcode(status) and not ended.problem:
        ended.problem = f"exit code {os.waitstatus_to_exitcode(status)}"
    return ended


def _child(config: Path, file: Path, aims: Mapping[str, Aim]) -> int:
    sink = Killer(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600), aims)

    async def body() -> None:
        async with Workspace.open(config) as workspace:
            await up(workspace, sink, verify=False)

    try:
        asyncio.run(body())
    except Problem as problem:
        sink.note("problem", f"{problem.code}: {problem.summary}: {problem.detail}")
        return 1
    except BaseException as error:
        sink.note("problem", f"no Problem but {type(error).__name__}: {error}")
        return 2
    return 0


def read(file: Path) -> Ended:
    """Read a run's file."""
    ended, started, trigger = Ended(), {}, ("", "start", 0.0)
    for line in file.read_text().splitlines():
        what, value, at = json.loads(line)
        if what == "plan":
            ended.plan = tuple(value)
        elif what == "started":
            started[value] = at
        elif what == "finished":
            ended.finished[value[0]] = value[1]
        elif what == "problem":
            ended.problem = value
        elif what == "kill":
            trigger = (*value, at)
            break
    if trigger[0]:
        position: Position
        for step in started.keys() - ended.finished.keys():
            after = trigger[2] - started[step]
            position = "start" if after < AT_ONCE else "during"
            ended.killed[step] = (position, round(after * 1000))
        ended.killed[trigger[0]] = (trigger[1], round((trigger[2] - started[trigger[0]]) * 1000))  # type: ignore[assignment]
    return ended
