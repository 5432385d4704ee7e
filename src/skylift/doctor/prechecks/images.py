"""Every image of the plan is found before the first change: a tag that is missing is no surprise half-way."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem, Problems


def check(context: Context) -> Problem | None:
    """Refuse images that the registry does not have, naming the nearest tags, and a registry that does not answer."""
    found = context.images
    return None if not found else found[0] if len(found) == 1 else Problems(found)


def looked(context: Context) -> str:
    """Tell where the images come from."""
    if context.images_present:
        return f"all {context.image_count} images are on this machine"
    if context.registry:
        return f"{context.image_count} images, each of them found in {context.registry}"
    return f"{context.image_count} images; those that are missing are built on this machine"
