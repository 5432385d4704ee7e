"""Time limits that do not count the time in which this program itself was held up: on a machine that is very busy,
parts of the cloud would else seem silent that answered long ago.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

BEAT = 0.1
LATE = 0.2
"""Seconds by which the loop may come late to a beat before that counts."""
MOST = 30.0
"""Seconds by which limits are put off altogether."""


class Patience:
    """Gives out time limits and, while it beats, puts them off by as much as the loop came late."""

    def __init__(self) -> None:
        self.late = 0.0
        self._limits: set[asyncio.Timeout] = set()
        self._handle: asyncio.TimerHandle | None = None

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat until the block ends."""
        loop = asyncio.get_running_loop()

        def beat(due: float) -> None:
            late = loop.time() - due
            if late > LATE and self.late < MOST:
                self.late += late
                # A timer that is due as well has not fired yet: it was set for later than this one.
                for limit in self._limits:
                    when = limit.when()
                    if when is not None and not limit.expired():
                        limit.reschedule(when + late)
            begin()

        def begin() -> None:
            due = loop.time() + BEAT
            self._handle = loop.call_at(due, beat, due)

        begin()
        try:
            yield
        finally:
            if self._handle is not None:
                self._handle.cancel()

    @asynccontextmanager
    async def limit(self, seconds: float) -> AsyncIterator[None]:
        """As ``asyncio.timeout``. Raises TimeoutError."""
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)
