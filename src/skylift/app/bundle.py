"""Use case: one archive for a bug report, made whatever is broken; it says of each part why it is missing."""

from __future__ import annotations

import asyncio
import re
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import skylift
from skylift import __version__
from skylift.app import bundle_cloud, bundle_logs, bundle_machine
from skylift.app.bundle_archive import LARGEST, LIMIT, Archive, Filed, write
from skylift.app.bundle_machine import Files
from skylift.app.bundle_scene import Scene, open_scene
from skylift.app.logs import since_when
from skylift.model.problem import Problem
from skylift.settings.scrub import Scrub

SCHEMA = 1
SECONDS = 60.0
"""How long one section may take: what is broken may not answer at all."""

Gather = Callable[[Scene], Awaitable[Files]]
# Those of one row side by side. Doctor alone: what it measures must not wait for the others.
ROWS: tuple[tuple[tuple[str, Gather], ...], ...] = (
    (
        ("versions", bundle_machine.versions),
        ("machine", bundle_machine.machine),
        ("settings", bundle_cloud.settings),
        ("settings as written", bundle_cloud.written),
        ("runs", bundle_cloud.runs),
        ("bugs", bundle_machine.bugs),
    ),
    (("doctor", bundle_cloud.doctor),),
    (
        ("status", bundle_cloud.status),
        ("plan", bundle_cloud.plan),
        ("engine", bundle_machine.engine),
        ("images", bundle_machine.images),
        ("containers", bundle_machine.containers),
    ),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report. ``why`` says why it could not be got, empty where it could; ``seconds`` it took."""

    name: str
    seconds: float
    files: tuple[Filed, ...]
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        files = [asdict(one) for one in self.files]
        return {"name": self.name, "ok": not self.why, "why": self.why, "seconds": self.seconds, "files": files}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A report that was written. ``size`` in bytes, compressed."""

    path: Path
    size: int
    cloud: str
    sections: tuple[Section, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        sections = [section.as_dict() for section in self.sections]
        return {"file": str(self.path), "size": self.size, "cloud": self.cloud, "sections": sections}


async def make(
    config: Path | None,
    out: Path | None = None,
    *,
    logs: bool = True,
    since: str = "",
    journal: Path | None = None,
    now: float | None = None,
) -> Bundle:
    """Collect and write the report; to ``skylift-report-CLOUD-TIME.tar.gz`` in the current folder where no ``out`` is.

    ``since`` limits the logs, as in ``skylift logs``. Raises Problem ``since-unclear`` before anything is looked at,
    and ``file-unwritable``; all else that fails is told in the report.
    """
    now = time.time() if now is None else now
    start = since_when(since, now) if since else 0
    async with open_scene(config, journal) as scene:
        # The name may be that of a run, which nobody has checked.
        cloud = re.sub(r"[^\w.-]", "_", scene.cloud)
        name = f"skylift-report-{cloud}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}"
        scrub = Scrub(scene.secrets)
        archive = Archive(scrub, name, now)
        sections: list[Section] = []
        last: tuple[tuple[str, Gather], ...] = (("logs", partial(bundle_logs.logs, since=start)),) if logs else ()
        for row in (*ROWS, last):
            gathered = await asyncio.gather(*(_gather(gather, scene) for _, gather in row))
            for (title, _), (files, why, seconds) in zip(row, gathered, strict=True):
                # The reason is shown on the screen as well.
                sections.append(await _file(archive, title, files, scrub.text(why), seconds))
        content = await asyncio.to_thread(archive.finish, _index(scene, sections, now, logs=logs, since=start))
    path = (out or Path(f"{name}.tar.gz")).expanduser().absolute()
    write(path, content)
    return Bundle(path, len(content), scene.cloud, tuple(sections))


async def _gather(gather: Gather, scene: Scene) -> tuple[Files, str, float]:
    """Return what was got, why nothing was, and the seconds that took."""
    began, why = time.monotonic(), ""
    files: Files = {}
    try:
        async with asyncio.timeout(SECONDS):
            files = dict(await gather(scene))
    except Problem as problem:
        why = str(problem)
    except TimeoutError:
        why = f"There was no answer within {SECONDS:.0f} s"
    except Exception as error:
        why = _unexpected(error)
    return files, why, round(time.monotonic() - began, 2)


def _unexpected(error: Exception) -> str:
    """Return an error that nobody thought of, with its place: whoever gets the report can look there."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{Path(skylift.__file__).parent}/" in frame.filename]
    frame = (ours or frames)[-1]
    return f"This is a bug in Skylift\n  {type(error).__name__}: {error}\n  where: {frame.filename}:{frame.lineno}"


async def _file(archive: Archive, title: str, files: Files, why: str, seconds: float) -> Section:
    if why:
        files = {f"{title.replace(' ', '-')}.failed.txt": f"{why}\n"}
    put = []
    for path, content in files.items():
        bound = bundle_logs.bound_of(path)
        # Masking takes seconds in all: meanwhile Ctrl-C is heard.
        put.append(await asyncio.to_thread(archive.add, path, content, bound.size if bound else LARGEST))
    return Section(title, seconds, tuple(put), why)


def _index(scene: Scene, sections: list[Section], now: float, *, logs: bool, since: int) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "made": now,
        "skylift": __version__,
        "cloud": scene.cloud,
        "logs": logs,
        "since": since or None,
        "bounds": {
            "archive": LIMIT,
            "log": asdict(bundle_logs.EVERY),
            "log_of_concerned": asdict(bundle_logs.CONCERNED),
            "runs": bundle_cloud.RUNS,
        },
        "concerned": scene.concerned,
        "sections": [section.as_dict() for section in sections],
    }
