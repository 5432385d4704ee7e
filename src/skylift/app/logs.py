"""The output of a service's containers, as one stream."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from skylift.app import find
from skylift.app.workspace import Workspace
from skylift.engines.streams import lines
from skylift.model.problem import Problem

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: container (``nova_api``), time (RFC 3339, UTC), text."""

    container: str
    time: str
    text: str


def since_when(text: str, now: float) -> int:
    """Return epoch seconds for ``10m``, ``90s``, ``2h``, ``1d``, or a time of day or date (``2026-11-24T08:00``).

    Raises Problem ``since-unclear``.
    """
    match = re.fullmatch(r"(\d+)([smhd])", text.strip())
    if match:
        return int(now - int(match[1]) * _UNITS[match[2]])
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return int(time.mktime(time.strptime(text.strip(), form)))
        except ValueError:
            continue
    raise Problem(
        code="since-unclear",
        summary="This is no time that --since understands",
        detail=text,
        fix="Give how long ago (90s, 10m, 2h, 1d) or a date (2026-11-24T08:00).",
        where="--since",
    )


async def logs(
    workspace: Workspace, word: str, *, follow: bool = False, since: str = "", tail: int | None = None
) -> AsyncIterator[LogLine]:
    """Yield the lines of the containers that ``word`` names, in order of time; with ``follow`` as they come.

    Raises Problem ``container-unknown``, ``since-unclear``.
    """
    start = since_when(since, time.time()) if since else 0
    states = find.containers(await workspace.engine.containers(workspace.cloud_name), word)
    sources = {state.name: state.short for state in states}
    queue: asyncio.Queue[LogLine | BaseException | None] = asyncio.Queue(maxsize=1000)

    async def read(name: str, short: str) -> None:
        try:
            async for stamp, text in lines(workspace.engine, name, since=start, follow=follow, tail=tail):
                await queue.put(LogLine(short, stamp, workspace.mask(text)))
        except Problem as problem:
            await queue.put(problem)
        finally:
            await queue.put(None)

    tasks = [asyncio.create_task(read(name, short)) for name, short in sources.items()]
    try:
        open_sources, kept = len(tasks), list[LogLine]()
        while open_sources:
            item = await queue.get()
            if item is None:
                open_sources -= 1
            elif isinstance(item, BaseException):
                raise item
            elif follow:
                yield item
            else:
                kept.append(item)
        for line in sorted(kept, key=lambda line: line.time):
            yield line
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
