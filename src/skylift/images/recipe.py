"""Follow a running recipe: its steps, its notices, and its last lines for when it fails."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from skylift.model.event import Notice, Sink, StepProgress
from skylift.model.problem import Problem

STEP, NOTICE = "@step ", "@notice "
LAST_LINES = 20
SHOWN_NOTICES = 3
SECONDS_TO_END = 5


class Follower:
    """Reads a recipe's output line by line.

    ``@step WORDS`` names what it does now, ``@notice WORDS`` is for the user; the rest is kept for the Problem only.
    """

    def __init__(self, family: str, step: str, report: Sink) -> None:
        self.family, self.step, self.report = family, step, report
        self.doing = "starting"
        self.last: deque[str] = deque(maxlen=LAST_LINES)
        self.notices: Counter[str] = Counter()

    def line(self, text: str) -> None:
        """Take one line of output."""
        if text.startswith(STEP):
            self.doing = text.removeprefix(STEP)
            self.report(StepProgress(self.step, self.doing))
        elif text.startswith(NOTICE):
            self._notice(text.removeprefix(NOTICE))
        elif text.strip():
            self.last.append(text)

    def _notice(self, text: str) -> None:
        """Report the first few of each kind: a new release of the distribution changes hundreds of packages."""
        kind = " ".join(text.split()[2:6])
        self.notices[kind] += 1
        if self.notices[kind] <= SHOWN_NOTICES:
            self.report(Notice(text, "info", f"images/{self.family}"))

    def end(self) -> None:
        """Report how many notices of each kind were not shown."""
        for kind, count in self.notices.items():
            if count > SHOWN_NOTICES:
                self.report(
                    Notice(f"and {count - SHOWN_NOTICES} more packages: {kind}", "info", f"images/{self.family}")
                )

    def more(self, lines: Iterable[str]) -> None:
        """Take lines from elsewhere that belong to the failure."""
        self.last.extend(lines)

    def problem(self, what: str) -> Problem:
        """Return the Problem of a recipe that failed: the step, and the last lines."""
        return Problem(
            code="image-build-failed",
            summary="A step of building an image failed",
            detail="\n".join([what, *self.last]),
            fix="The lines above say why; package mirrors and proxies are taken from the machine's own settings.\n"
            "Run 'skylift images build' again: what was built already is kept.",
            where=f"images/{self.family}: {self.doing}",
        )


async def run_script(follower: Follower, script: Path, *arguments: Path, scratch: Path) -> None:
    """Run a script on the machine in a process group of its own. Raises Problem ``image-build-failed``."""
    process = await asyncio.create_subprocess_exec(
        "sh",
        str(script),
        *map(str, arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "TMPDIR": str(scratch), "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    try:
        async for line in process.stdout:
            follower.line(line.decode(errors="replace").rstrip())
        code = await process.wait()
    except asyncio.CancelledError:
        # mmdebstrap takes its mounts and folders away when it is asked to end.
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), SECONDS_TO_END)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    if code:
        raise follower.problem(f"exit code {code}")
