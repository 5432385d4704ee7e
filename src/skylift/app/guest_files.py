"""Files of guest images: they lie in an image of the engine and are taken out while they are uploaded."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from skylift.app.images import GUEST_FOLDER
from skylift.desired.build import GUEST_IMAGE
from skylift.engines import Engine


class GuestFiles:
    """A context in which :meth:`fetch` returns local copies; they are gone at its end."""

    def __init__(self, engine: Engine, reference: str) -> None:
        self._engine = engine
        self._reference = reference
        self._lock = asyncio.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    async def fetch(self, path: str) -> Path:
        """Return a local copy of ``path`` in the guest's engine image. Raises Problem when it cannot be had."""
        async with self._lock:
            if self._folder is None:
                folder = tempfile.TemporaryDirectory(prefix=f"{GUEST_IMAGE.name}-")
                await self._engine.copy_out(self._reference, str(GUEST_FOLDER), Path(folder.name))
                self._folder = folder
        return Path(self._folder.name) / GUEST_FOLDER.name / Path(path).name
