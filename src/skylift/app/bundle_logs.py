"""The logs of a report: the end of every container's, and more of those that something is the matter with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from skylift.app.bundle_machine import Files
from skylift.app.bundle_scene import Scene
from skylift.engines.streams import lines
from skylift.model.container import LABEL, ContainerState
from skylift.model.naming import short
from skylift.model.problem import Problem

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of one log there is at most."""

    lines: int
    size: int


EVERY = Bound(500, 256 << 10)
CONCERNED = Bound(5000, 2 << 20)


def concerned(states: Iterable[ContainerState], words: Mapping[str, str]) -> dict[str, str]:
    """Return the containers that ``words`` name, as container or service, by engine's name, with the reason. Pure."""
    found = {}
    for state in states:
        for word in (short(state.name), state.short, state.labels.get(LABEL + "service", "")):
            if word and word in words:
                found[state.name] = words[word]
                break
    return found


async def logs(scene: Scene, since: int = 0) -> Files:
    """Return the logs by path, those first that something is the matter with; each line with its time.

    ``since``: epoch seconds before which nothing is of interest. ``scene.concerned`` is what it was told so far.
    """
    engine = scene.the_engine()
    states = await engine.containers(scene.cloud)
    named = concerned(states, scene.concerned)
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(state: ContainerState) -> tuple[str, str]:
        bound = CONCERNED if state.name in named else EVERY
        path = f"{folder(state.name in named)}/{short(state.name)}"
        try:
            async with turn:
                found = [
                    f"{stamp} {text}\n"
                    async for stamp, text in lines(engine, state.name, since=since, tail=bound.lines)
                ]
        except Problem as problem:
            return f"{path}.failed.txt", f"{problem}\n"
        return f"{path}.log", "".join(found)

    ordered = sorted(states, key=lambda state: (state.name not in named, state.name))
    return dict(await asyncio.gather(*(one(state) for state in ordered)))


def folder(is_concerned: bool) -> str:
    """Return the folder of such logs in the archive."""
    return "logs/concerned" if is_concerned else "logs"


def bound_of(path: str) -> Bound | None:
    """Return the bound of a file of the archive, None for one that is no log."""
    if not path.startswith("logs/"):
        return None
    return CONCERNED if path.startswith(f"{folder(True)}/") else EVERY
