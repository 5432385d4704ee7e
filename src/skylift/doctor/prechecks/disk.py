"""A disk that fills up half-way leaves a database that cannot start."""

from __future__ import annotations

from skylift.doctor.prechecks.context import GIB, Context, size
from skylift.model.problem import Problem

# Measured on the reference machine, rounded up: layers and their building (the needs_mib of the image families), the
# same layers pulled, and the volumes of a fresh cloud with a handful of small guests (0.5 GiB).
BUILD = 4 * GIB
PULL = 3 * GIB
VOLUMES = 1 * GIB


def needed(context: Context) -> int:
    """Return the bytes that the run will add to the engine's disk."""
    images = 0 if context.images_present else BUILD if context.build_images else PULL
    return images + round(VOLUMES * context.missing_share)


INODES = 120_000
"""Files that images and volumes make, as measured, rounded up."""


def check(context: Context) -> Problem | None:
    """Refuse a disk without room for what is missing: images, volumes."""
    free, need = context.host.disk_free, needed(context)
    inodes = context.host.inodes_free
    if inodes is not None and inodes < INODES and not context.images_present:
        return Problem(
            code="disk-inodes",
            summary="The container engine's disk can hold too few more files",
            detail=f"{inodes} more can be made, and images and volumes make about {INODES}",
            fix="df -i shows where they are; docker image prune removes images nobody uses.",
            where=context.host.engine.data_root,
        )
    if free is None or free >= need:
        return None
    what = "the volumes" if context.images_present else "images and volumes"
    return Problem(
        code="disk-full",
        summary="The container engine's disk has too little room",
        detail=f"{size(free)} are free and {what} of this cloud need about {size(need)}",
        fix="docker system df shows what takes the room; docker image prune and skylift images prune free some.",
        where=context.host.engine.data_root,
    )


def looked(context: Context) -> str:
    """Tell what is free and what is needed."""
    free = context.host.disk_free
    where = context.host.engine.data_root
    return f"{where}: {size(free)} free, {size(needed(context))} needed" if free is not None else f"{where}: not known"
