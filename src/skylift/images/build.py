"""Build the images that are missing, independent families side by side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from skylift.engines import Engine
from skylift.engines.images import Bind, ImageConfig, ImageState, ImageStore
from skylift.images import names
from skylift.images.families import Family, final, image_key, load, overlay, recipes_folder, wanted
from skylift.images.recipe import Follower, run_script
from skylift.images.state import FAMILY, KEY, NAME
from skylift.images.workspace import PREFIX, Workspace, building, check_local, check_space
from skylift.model.event import Sink, StepFinished, StepStarted
from skylift.model.problem import Problem
from skylift.model.service_image import Image


@dataclass(frozen=True, slots=True)
class Todo:
    """What a build has to do: families to build in order, names to make, names that only lack their tag."""

    families: tuple[Family, ...] = ()
    make: tuple[Image, ...] = ()
    tag: tuple[tuple[Image, ImageState], ...] = ()

    @property
    def empty(self) -> bool:
        """True when every image is there."""
        return not (self.families or self.make or self.tag)


def compare(
    families: Mapping[str, Family], images: Iterable[Image], found: Iterable[ImageState], source: names.Source
) -> Todo:
    """Return what is missing. A family whose image is there is not built, nor are its parents. Pure."""
    by_key = {state.labels.get(KEY, ""): state for state in found}
    make: list[Image] = []
    tag: list[tuple[Image, ImageState]] = []
    for image in dict.fromkeys(images):
        state = by_key.get(image_key(families, image))
        if state is None:
            make.append(image)
        elif source.reference(image.name) not in state.tags:
            tag.append((image, state))
    absent: set[str] = set()
    stack = [final(families, image.family).name for image in make]
    while stack:
        name = stack.pop()
        if name not in absent and families[name].key not in by_key:
            absent.add(name)
            stack.extend(families[name].needs)
    return Todo(tuple(f for f in wanted(families, make) if f.name in absent), tuple(make), tuple(tag))


async def build_all(engine: Engine, images: Iterable[Image], report: Sink) -> None:
    """Bring every image up to its recipe; report each family and group of names as a step.

    Raises Problem: ``image-build-failed``, ``images-disk-full``, ``images-busy``, ``images-engine-elsewhere``,
    ``recipe-invalid``, and the engine's.
    """
    families = load(recipes_folder())
    source = names.Source()
    store = ImageStore(engine)
    todo = compare(families, images, await store.find(KEY), source)
    if todo.empty:
        return
    check_local(store)
    with building():
        await _clean(store)
        # Another process may have built them while this one waited for nothing but the engine's list.
        found = await store.find(KEY)
        todo = compare(families, images, found, source)
        await check_space(store, sum(family.needs_mib for family in todo.families), report)
        with Workspace(recipes_folder()) as workspace:
            ids = {state.labels.get(KEY, ""): state.image_id for state in found}
            run = _Run(store, families, todo, source, workspace, report, ids)
            await run.everything()


async def _clean(store: ImageStore) -> None:
    for leftover in await store.builders(PREFIX):
        await store.discard(leftover)


@dataclass
class _Run:
    store: ImageStore
    families: Mapping[str, Family]
    todo: Todo
    source: names.Source
    workspace: Workspace
    report: Sink
    ids: dict[str, str]
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def everything(self) -> None:
        """Run all tasks; the first Problem ends the others."""
        for image, state in self.todo.tag:
            await self.store.tag(state.image_id, self.source.repository(image.name), self.source.tag)
        try:
            async with asyncio.TaskGroup() as group:
                for family in self.todo.families:
                    self.tasks[family.name] = group.create_task(self._family(family))
                for parent in {final(self.families, image.family).name for image in self.todo.make}:
                    group.create_task(self._names(self.families[parent]))
        except* Problem as problems:
            first: BaseException = problems
            while isinstance(first, BaseExceptionGroup):
                first = first.exceptions[0]
            raise first from None

    async def _after(self, *needed: str) -> None:
        """Wait for families. A failure reaches the task group from their own task; here it only stops this one."""
        waiting = [self.tasks[name] for name in needed if name in self.tasks]
        if waiting:
            await asyncio.wait(waiting)
            if any(task.cancelled() or task.exception() for task in waiting):
                raise asyncio.CancelledError

    async def _family(self, family: Family) -> None:
        await self._after(*family.needs)
        step = f"image {family.name}"
        begun = time.monotonic()
        self.report(StepStarted(step, "image.build", family.name, "no image has this recipe's key yet"))
        try:
            detail = await (self._bootstrap(family, step) if family.bootstrap else self._recipe(family, step))
        except Problem as problem:
            self.report(StepFinished(step, "failed", time.monotonic() - begun, problem=problem.as_dict()))
            raise
        self.report(StepFinished(step, "ok", time.monotonic() - begun, detail))

    def _labelled(self, family: Family) -> ImageConfig:
        return replace(family.config, labels=((KEY, family.key), (FAMILY, family.name)))

    async def _bootstrap(self, family: Family, step: str) -> str:
        place = self.workspace.stage(family)
        archive = self.workspace.folder / f"{family.name}.tar"
        follower = Follower(family.name, step, self.report)
        begun = time.monotonic()
        await run_script(follower, family.folder / family.bootstrap, place, archive, scratch=self.workspace.folder)
        follower.end()
        made = time.monotonic()
        repository = f"{names.FAMILIES}/{family.name}"
        self.ids[family.key] = await self.store.import_archive(
            archive, repository, names.family_tag(family.key), self._labelled(family)
        )
        await asyncio.to_thread(archive.unlink)
        return f"installed in {made - begun:.1f} s, imported in {time.monotonic() - made:.1f} s"

    async def _recipe(self, family: Family, step: str) -> str:
        binds = self.workspace.binds(family)
        name = PREFIX + family.name
        follower = Follower(family.name, step, self.report)
        helper = name + "-companion"
        begun = time.monotonic()
        try:
            if family.companion:
                image = self.ids[self.families[family.companion].key]
                await self._start(helper, image, "companion.sh", binds)
            await self._start(name, self.ids[self.families[family.parent].key], "recipe.sh", binds)
            async for line in self.store.output(name):
                follower.line(line)
            code = await self.store.engine.wait_container(name)
            if code:
                if family.companion:
                    follower.more(await self.store.engine.tail(helper, 5))
                raise follower.problem(f"exit code {code}")
            follower.end()
            made = time.monotonic()
            self.ids[family.key] = await self.store.commit(
                name, f"{names.FAMILIES}/{family.name}", names.family_tag(family.key), self._labelled(family)
            )
        finally:
            for container in (name, helper) if family.companion else (name,):
                await asyncio.shield(self.store.discard(container))
        return f"ran {made - begun:.1f} s, committed in {time.monotonic() - made:.1f} s"

    async def _start(self, name: str, image: str, script: str, binds: list[Bind]) -> None:
        await self.store.create_builder(name, image, ["bash", f"/mnt/recipe/{script}"], binds)
        await self.store.start(name)

    async def _names(self, parent: Family) -> None:
        """Make the thin images of one family: user, labels and the few files that only this name has."""
        await self._after(parent.name)
        mine = [image for image in self.todo.make if final(self.families, image.family) is parent]
        step = f"image names of {parent.name}"
        begun = time.monotonic()
        self.report(
            StepStarted(
                step, "image.name", f"{len(mine)} name{'s' if len(mine) > 1 else ''}", f"their family is {parent.name}"
            )
        )
        for image in mine:
            await self._name(parent, image)
        self.report(StepFinished(step, "ok", time.monotonic() - begun, ", ".join(image.name for image in mine)))

    async def _name(self, parent: Family, image: Image) -> None:
        container = f"{PREFIX}name-{image.name}"
        labels = ((KEY, image_key(self.families, image)), (FAMILY, image.family), (NAME, image.name))
        config = replace(parent.config, user=image.user, environment=(), labels=labels)
        await self.store.create_builder(container, self.ids[parent.key], ["true"])
        try:
            files = overlay(self.families, image)
            if files:
                await self.store.put_overlay(container, files)
            await self.store.commit(container, self.source.repository(image.name), self.source.tag, config)
        finally:
            await asyncio.shield(self.store.discard(container))
