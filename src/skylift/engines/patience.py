"""Wait for what the engine is still doing: it goes on with a request when the process that sent it has been killed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")

PAUSE = 0.1
COMES, GOES = 3.0, 30.0
"""Seconds: making a network or a container takes a fraction of one, stopping and removing a container a few."""


async def appears(look: Callable[[], Awaitable[Found | None]], seconds: float = COMES) -> Found | None:
    """Return what ``look`` finds, or None when that is nothing for ``seconds``."""
    for _ in range(max(1, round(seconds / PAUSE))):
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(PAUSE)
    return None


async def vanishes(look: Callable[[], Awaitable[Found | None]], seconds: float = GOES) -> Found | None:
    """Return None as soon as ``look`` finds nothing, or what it still finds after ``seconds``."""
    found = await look()
    for _ in range(round(seconds / PAUSE)):
        if found is None:
            return None
        await asyncio.sleep(PAUSE)
        found = await look()
    return found
