"""Use cases of ``skylift images``: list, build, prune."""

from __future__ import annotations

import asyncio

from skylift.app.images import look_at_images, provide
from skylift.app.run import start
from skylift.app.workspace import Workspace
from skylift.desired.build import GUEST_IMAGE, images_of
from skylift.images import Listed, list_images
from skylift.images import prune as prune_images
from skylift.model.event import Sink
from skylift.model.service_image import Image


def declared(workspace: Workspace) -> tuple[Image, ...]:
    """Return every image that a declared service needs, on or off, and the guest's: none of them is old."""
    return (*images_of(workspace.declared), GUEST_IMAGE)


async def listing(workspace: Workspace) -> tuple[Listed, ...]:
    """Return what is on the engine, families first. Raises Problem ``recipe-invalid``."""
    return await list_images(workspace.engine, declared(workspace))


async def build(workspace: Workspace, sink: Sink, *, stop: asyncio.Event | None = None) -> tuple[Listed, ...]:
    """Build (or pull, where the settings name a registry) what the cloud needs and lacks; return the list after it."""
    with start(workspace, "images-build", sink, stop) as run, run.phase("images"):
        await provide(workspace, await look_at_images(workspace), run)
    return await listing(workspace)


async def prune(workspace: Workspace, *, everything: bool = False) -> tuple[Listed, ...]:
    """Remove what no container uses: images of old recipes, or with ``everything`` the present ones too."""
    return await prune_images(workspace.engine, declared(workspace), everything=everything)
