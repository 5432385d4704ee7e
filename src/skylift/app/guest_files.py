"""Files of guest images: they lie in an image of the engine and are taken out while they are uploaded."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from skylift.app.images import GUEST_FOLDER
from skylift.desired.build import GUEST_IMAGE
from skylift.engines import Engine


def sweep(cloud: str) -> None:
    """Remove the copies that a run which was killed has left. The caller holds the cloud's lock."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix(cloud)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _prefix(cloud: str) -> str:
    # With a mark at its end: the name of one cloud may be the beginning of another's.
    return f"{GUEST_IMAGE.name}-{cloud}+"


class GuestFiles:
    """A context in which :meth:`fetch` returns local copies; they are gone at its end."""

    def __init__(self, engine: Engine, reference: str, cloud: str) -> None:
        self._engine = engine
        self._reference = reference
        self._cloud = cloud
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
                folder = tempfile.TemporaryDirectory(prefix=_prefix(self._cloud))
                await self._engine.copy_out(self._reference, str(GUEST_FOLDER), Path(folder.name), self._cloud)
                self._folder = folder
        return Path(self._folder.name) / GUEST_FOLDER.name / Path(path).name
