"""Find out which image each name of the plan means: built here, or pulled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

from skylift.engines import Engine
from skylift.engines.images import ImageStore
from skylift.images.families import image_key, load, recipes_folder
from skylift.images.names import Source
from skylift.images.registry import digests, login
from skylift.images.state import KEY
from skylift.model.event import Sink, StepFinished, StepProgress, StepStarted
from skylift.model.problem import Problem
from skylift.model.service_image import Image

PULLS = 3
PROGRESS_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class Resolved:
    """An image of the plan: what to call it, and what it is. ``image_id`` is empty while the image is not here."""

    name: str
    reference: str
    image_id: str = ""
    digest: str = ""


async def resolve(engine: Engine, images: Iterable[Image], source: Source) -> dict[str, Resolved]:
    """Return each image name's reference and id.

    Built images: by their key, without a call to anyone but the engine; the id is empty for one that is not built or
    was built from other recipes. From a registry: every name is looked up there first, so that a Problem
    (``image-tag-missing`` with the nearest tags, ``registry-*``) comes before the first pull.
    """
    names = list(dict.fromkeys(images))
    store = ImageStore(engine)
    if not source.pulled:
        families = load(recipes_folder())
        ids = {state.labels[KEY]: state.image_id for state in await store.find(KEY)}
        return {
            image.name: Resolved(image.name, source.reference(image.name), ids.get(image_key(families, image), ""))
            for image in names
        }
    found = await digests(source, (image.name for image in names))
    return {image.name: await _present(store, source, image.name, found[image.name]) for image in names}


async def _present(store: ImageStore, source: Source, name: str, digest: str) -> Resolved:
    reference = source.reference(name)
    state = await store.inspect(f"{source.repository(name)}@{digest}") if digest else None
    return Resolved(name, reference, state.image_id if state else "", digest)


async def pull_all(engine: Engine, resolved: Iterable[Resolved], source: Source, report: Sink) -> dict[str, Resolved]:
    """Pull what is not here yet, a few at a time, and return everything with ids.

    Raises Problem ``image-pull-failed``.
    """
    store = ImageStore(engine)
    limit = asyncio.Semaphore(PULLS)

    async def one(image: Resolved) -> Resolved:
        if image.image_id:
            return image
        async with limit:
            return await _pull(store, image, source, report)

    return {image.name: image for image in await asyncio.gather(*(one(image) for image in resolved))}


async def _pull(store: ImageStore, image: Resolved, source: Source, report: Sink) -> Resolved:
    step, begun, told = f"pull {image.name}", time.monotonic(), 0.0
    report(StepStarted(step, "image.pull", image.reference, "the engine does not have it"))
    known = login(source)
    auth = {"username": known[0], "password": known[1]} if known else None
    try:
        async for message in store.pull(image.reference, auth):
            if time.monotonic() - told > PROGRESS_EVERY:
                told = time.monotonic()
                report(StepProgress(step, f"{message.get('id', '')} {message.get('status', '')}".strip()))
        state = await store.inspect(image.reference)
    except Problem as problem:
        failure = Problem(
            code="image-pull-failed",
            summary="An image could not be pulled",
            detail=problem.detail,
            fix="Run the command again: the layers that came are kept.",
            where=image.reference,
        )
        report(StepFinished(step, "failed", time.monotonic() - begun, problem=failure.as_dict()))
        raise failure from problem
    report(StepFinished(step, "ok", time.monotonic() - begun, image.digest[:19]))
    return Resolved(image.name, image.reference, state.image_id if state else "", image.digest)
