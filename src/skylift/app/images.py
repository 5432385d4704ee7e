"""The images of the cloud: which are there, and how the missing ones come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from skylift.app.workspace import Workspace
from skylift.desired.build import GUEST_IMAGE
from skylift.desired.resources import GuestImage, guest_images
from skylift.images import Resolved, Source, build_all, pull_all, resolve
from skylift.images.families import recipes_folder
from skylift.model.event import Sink
from skylift.model.problem import Problem

GUEST_FOLDER = Path("/usr/share/skylift/guest")
"""Where an image that carries a guest's files has them."""


@dataclass(frozen=True)
class Images:
    """What each image's Kolla name means; the id is empty for one that is not there."""

    found: Mapping[str, Resolved] = field(default_factory=dict)
    problem: Problem | None = None
    """Why the registry does not have them all; then none has an id."""

    def reference(self, name: str) -> tuple[str, str]:
        """Return the reference and the id of an image."""
        return self.found[name].reference, self.found[name].image_id

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the images that are not there, or not made from the present recipes."""
        return tuple(sorted(image.name for image in self.found.values() if not image.image_id))

    @property
    def complete(self) -> bool:
        """True when nothing is missing."""
        return not self.missing

    @property
    def guests(self) -> tuple[GuestImage, ...]:
        """The guest images to register; the digest is the engine image's, which is made anew only with its recipe."""
        description = json.loads((recipes_folder() / GUEST_IMAGE.family / "properties.json").read_text())
        return guest_images(description, GUEST_FOLDER, self.found[GUEST_IMAGE.name].image_id)


async def look_at_images(workspace: Workspace, *, lenient: bool = False) -> Images:
    """Return which images are there. Raises Problem ``recipe-invalid``, and the registry's where there is one.

    ``lenient`` keeps what the registry refuses in the result, for whoever has more to report.
    """
    source, refused = workspace.source, None
    try:
        found = await resolve(workspace.engine, workspace.images, source)
    except Problem as problem:
        if not (lenient and source.pulled):
            raise
        refused = problem
        found = {image.name: Resolved(image.name, source.reference(image.name)) for image in workspace.images}
    pinned = workspace.pinned
    found = {
        name: replace(image, image_id=pinned.get(image.reference, image.image_id)) for name, image in found.items()
    }
    # A guest image is no service's: no registry of Kolla images has it, so it is always made here.
    guest = await resolve(workspace.engine, (GUEST_IMAGE,), Source())
    return Images({**found, **guest}, refused)


async def provide(workspace: Workspace, images: Images, sink: Sink) -> None:
    """Build the missing images, or pull them where the settings name a registry. Raises Problem for a failure."""
    if not workspace.source.pulled:
        await build_all(workspace.engine, (*workspace.images, GUEST_IMAGE), sink)
        return
    wanted = {image.name for image in workspace.images}
    await pull_all(
        workspace.engine, [image for image in images.found.values() if image.name in wanted], workspace.source, sink
    )
    await build_all(workspace.engine, (GUEST_IMAGE,), sink)
