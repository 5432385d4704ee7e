"""Write images/debian.lock anew from the images that were built: ``python -m skylift.images.relock``."""

from __future__ import annotations

import asyncio
from pathlib import Path

from skylift.engines import Engine
from skylift.engines.images import ImageStore
from skylift.images.families import load, recipes_folder
from skylift.images.locks import Locked, merge, parse, render
from skylift.images.state import FAMILY, KEY

MANIFESTS = "/usr/share/skylift/manifest"


async def installed(engine: Engine) -> dict[str, Locked]:
    """Return the Debian packages of all families' current images. Raises Problem ``lock-conflict``."""
    store = ImageStore(engine)
    keys = {family.key: name for name, family in load(recipes_folder()).items() if family.debian}
    manifests = []
    for state in await store.find(KEY):
        family = keys.get(state.labels.get(KEY, ""))
        if family == state.labels.get(FAMILY):
            files = await store.read_folder(state.image_id, MANIFESTS)
            manifests += [parse(content.decode(), name) for name, content in sorted(files.items())]
    return merge(manifests)


async def _installed() -> dict[str, Locked]:
    async with await Engine.open() as engine:
        return await installed(engine)


def write(path: Path) -> int:
    """Write the lock and return how many packages it has. Keeps what is there when nothing was built."""
    packages = asyncio.run(_installed())
    if packages:
        path.write_text(render(packages), encoding="utf-8")
    return len(packages)


if __name__ == "__main__":
    write(recipes_folder() / "debian.lock")
