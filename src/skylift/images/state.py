"""Labels of the images, the list of what is there, and what can go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skylift.engines import Engine
from skylift.engines.images import ImageState, ImageStore
from skylift.images.families import image_key, load, recipes_folder, wanted
from skylift.model.container import LABEL
from skylift.model.service_image import Image

KEY = LABEL + "image.key"
FAMILY = LABEL + "image.family"
NAME = LABEL + "image.name"


@dataclass(frozen=True, slots=True)
class Listed:
    """One of our images. ``size`` in bytes (layers that names share are counted in each), ``created`` epoch seconds.

    ``current``: its recipe is today's. ``used``: a container was made from it. A family image has no ``name``.
    """

    name: str
    family: str
    reference: str
    image_id: str
    size: int
    created: float
    current: bool
    used: bool


async def list_images(engine: Engine, images: Iterable[Image]) -> tuple[Listed, ...]:
    """Return our images in order of name, families first. ``images`` are the names declared today."""
    store = ImageStore(engine)
    found, used = await store.find(KEY), await store.used()
    return listed(found, used, _current_keys(images))


def listed(found: Iterable[ImageState], used: frozenset[str], current: frozenset[str]) -> tuple[Listed, ...]:
    """Return the list from what the engine told. Pure."""
    rows = [
        Listed(
            name=state.labels.get(NAME, ""),
            family=state.labels.get(FAMILY, ""),
            reference=state.tags[0] if state.tags else "",
            image_id=state.image_id,
            size=state.size,
            created=state.created,
            current=state.labels.get(KEY, "") in current,
            used=state.image_id in used,
        )
        for state in found
    ]
    return tuple(sorted(rows, key=lambda row: (bool(row.name), row.name, row.family, not row.current, -row.created)))


def _current_keys(images: Iterable[Image]) -> frozenset[str]:
    families = load(recipes_folder())
    declared = list(images)
    keys = {image_key(families, image) for image in declared}
    return frozenset(keys | {family.key for family in wanted(families, declared)})


async def prune(engine: Engine, images: Iterable[Image], *, everything: bool = False) -> tuple[Listed, ...]:
    """Remove our images that nothing uses and return them.

    Of old recipes only, unless ``everything``; what a container was made from stays in any case.
    """
    gone = removable(await list_images(engine, images), everything=everything)
    await remove(engine, gone)
    return gone


async def remove(engine: Engine, rows: Iterable[Listed]) -> None:
    """Remove these images."""
    store = ImageStore(engine)
    for row in rows:
        await store.remove(row.reference or row.image_id)


def removable(rows: Iterable[Listed], *, everything: bool) -> tuple[Listed, ...]:
    """Return what can go, names before the families they are made of. Pure."""
    gone = [row for row in rows if not row.used and (everything or not row.current)]
    return tuple(sorted(gone, key=lambda row: not row.name))
