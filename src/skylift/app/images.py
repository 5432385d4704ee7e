"""The images of the cloud: which are there, and how the missing ones come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from skylift.app.workspace import Workspace
from skylift.desired.build import GUEST_IMAGE
from skylift.desired.resources import GuestImage, guest_images
from skylift.engines import Engine
from skylift.engines.images import ImageStore
from skylift.images import Source, build_all
from skylift.images.build import KEY
from skylift.images.families import image_key, load, recipes_folder
from skylift.model.event import Sink
from skylift.model.service import Image

GUEST_FOLDER = Path("/usr/share/skylift/guest")
"""Where an image that carries a guest's files has them."""


@dataclass(frozen=True)
class Resolved:
    """Reference and id of each image by its Kolla name; the id is empty for one that is not there."""

    found: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> tuple[str, str]:
        return self.found[name]

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the images that are not there, or not made from the present recipes."""
        return tuple(sorted(name for name, (_, image_id) in self.found.items() if not image_id))

    @property
    def complete(self) -> bool:
        """True when nothing is missing."""
        return not self.missing

    @property
    def guests(self) -> tuple[GuestImage, ...]:
        """The guest images to register; the digest is the engine image's, which is made anew only with its recipe."""
        description = json.loads((recipes_folder() / GUEST_IMAGE.family / "properties.json").read_text())
        return guest_images(description, GUEST_FOLDER, self[GUEST_IMAGE.name][1])


async def look_at_images(workspace: Workspace) -> Resolved:
    """Return which images are there. Raises Problem ``recipe-invalid``."""
    found = await resolve(workspace.engine, workspace.images, workspace.source)
    # A guest image is no service's: no registry of Kolla images has it, so it is always made here.
    guest = await resolve(workspace.engine, (GUEST_IMAGE,), Source())
    return Resolved({**found, **guest})


async def provide(workspace: Workspace, sink: Sink) -> None:
    """Build the missing images, or pull them all where the settings name a registry.

    Every name is resolved at the registry before the first is pulled. Raises Problem for what cannot be had.
    """
    source = workspace.source
    if not source.pulled:
        await build_all(workspace.engine, (*workspace.images, GUEST_IMAGE), sink)
        return
    await build_all(workspace.engine, (GUEST_IMAGE,), sink)


async def resolve(engine: Engine, images: Iterable[Image], source: Source) -> dict[str, tuple[str, str]]:
    """TEMPORARY until images.resolve lands."""
    families = load(recipes_folder())
    states = await ImageStore(engine).find(KEY)
    by_key = {state.labels.get(KEY, ""): state for state in states}
    found = {}
    for image in images:
        state = by_key.get(image_key(families, image))
        found[image.name] = (source.reference(image.name), state.image_id if state else "")
    return found
