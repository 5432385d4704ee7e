"""Building on a real engine: from a recipe to an image, and what is left when that fails or is cut off."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skylift.engines import Engine
from skylift.engines.images import ImageStore
from skylift.images import Source, build_all, list_images
from skylift.images.families import load, recipes_folder
from skylift.images.state import FAMILY, KEY, removable, remove
from skylift.images.workspace import PREFIX, ROOT
from skylift.model.event import Event, StepFinished, StepProgress
from skylift.model.problem import Problem
from skylift.model.service_image import Image

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
MINI = Image("skylift-test-mini", "mini", "nova")
RECIPE = """
. /mnt/common.sh
step 'making the file'
echo made >/usr/share/mini
"""


@pytest.fixture
def recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the real base family, whose image is there, and a small one on it."""
    real = recipes_folder()
    for name in ("common.sh", "debian.lock"):
        shutil.copyfile(real / name, tmp_path / name)
    shutil.copytree(real / "base", tmp_path / "base")
    (tmp_path / "mini").mkdir()
    (tmp_path / "mini" / "family.toml").write_text('parent = "base"\nneeds_mib = 1\n')
    (tmp_path / "mini" / "recipe.sh").write_text(RECIPE)
    own = tmp_path / "mini" / "names" / MINI.name / "usr" / "local" / "bin"
    own.mkdir(parents=True)
    (own / "tool").write_text("#!/bin/sh\ncat /usr/share/mini\n")
    (own / "tool").chmod(0o755)
    monkeypatch.setenv("SKYLIFT_RECIPES", str(tmp_path))
    return tmp_path


@pytest.fixture
async def store() -> AsyncIterator[ImageStore]:
    async with await Engine.open() as engine:
        store = ImageStore(engine)
        yield store
        for state in await store.find(KEY):
            if state.labels.get(FAMILY) == "mini":
                await store.remove(state.tags[0] if state.tags else state.image_id)


async def build(store: ImageStore) -> list[Event]:
    events: list[Event] = []
    await build_all(store.engine, [MINI], events.append)
    return events


async def leftovers(store: ImageStore) -> list[str]:
    """Return what a build has left: containers, scratch folders, images of the small family."""
    images = [state.image_id for state in await store.find(KEY) if state.labels.get(FAMILY) == "mini"]
    return [*await store.builders(PREFIX), *map(str, await asyncio.to_thread(_scratch)), *images]


def _scratch() -> list[Path]:
    return list(ROOT.glob(PREFIX + "*"))


async def output(store: ImageStore, *command: str) -> list[str]:
    name = "skylift-test-mini"
    await store.create_builder(name, Source().reference(MINI.name), command, user=MINI.user)
    try:
        await store.start(name)
        return [line async for line in store.output(name)]
    finally:
        await store.discard(name)


async def test_a_build_makes_the_image_and_a_second_one_does_nothing(store: ImageStore, recipes: Path) -> None:
    events = await build(store)
    assert StepProgress("image mini", "making the file") in events
    assert [event.state for event in events if isinstance(event, StepFinished)] == ["ok", "ok"]
    assert await output(store, "tool") == ["made"]
    assert await build(store) == []
    assert not await store.builders(PREFIX)


async def test_a_changed_file_of_a_name_makes_the_name_alone_anew(store: ImageStore, recipes: Path) -> None:
    await build(store)
    before = {state.labels[KEY] for state in await store.find(KEY)}
    tool = recipes / "mini" / "names" / MINI.name / "usr" / "local" / "bin" / "tool"
    await asyncio.to_thread(tool.write_text, "#!/bin/sh\necho other\n")
    events = await build(store)
    assert [event.step for event in events if isinstance(event, StepFinished)] == ["image names of mini"]
    assert await output(store, "tool") == ["other"]
    assert len({state.labels[KEY] for state in await store.find(KEY)} - before) == 1
    # The images of the cloud on this machine are none of this test's: it removes its own only.
    mine = [row for row in await list_images(store.engine, [MINI]) if row.family == "mini"]
    gone = removable(mine, everything=False)
    assert [row.name for row in gone] == [MINI.name]
    await remove(store.engine, gone)
    assert [row.current for row in await list_images(store.engine, [MINI]) if row.family == "mini"] == [True, True]


async def test_a_step_that_fails_is_told_with_its_last_lines_and_leaves_nothing(
    store: ImageStore, recipes: Path
) -> None:
    script = RECIPE + "step 'breaking'\nseq 100 >&2\nfalse\n"
    await asyncio.to_thread((recipes / "mini" / "recipe.sh").write_text, script)
    with pytest.raises(Problem) as caught:
        await build(store)
    assert caught.value.code == "image-build-failed"
    assert caught.value.where == "images/mini: breaking"
    assert caught.value.detail.splitlines() == ["exit code 1", *map(str, range(81, 101))]
    assert await leftovers(store) == []


async def test_a_build_that_is_cut_off_leaves_nothing_and_the_next_one_succeeds(
    store: ImageStore, recipes: Path
) -> None:
    await asyncio.to_thread((recipes / "mini" / "recipe.sh").write_text, RECIPE + "sleep 100\n")
    begun = asyncio.Event()
    report = lambda event: begun.set() if isinstance(event, StepProgress) else None  # noqa: E731
    task = asyncio.create_task(build_all(store.engine, [MINI], report))
    waiting = asyncio.create_task(begun.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    assert not task.done(), task
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await leftovers(store) == []
    await asyncio.to_thread((recipes / "mini" / "recipe.sh").write_text, RECIPE)
    assert await build(store)


async def test_the_container_of_a_killed_build_is_cleaned_by_the_next(store: ImageStore, recipes: Path) -> None:
    parent = f"skylift-build/base:{load(recipes)['base'].key[:16]}"
    await store.create_builder(PREFIX + "mini", parent, ["sleep", "100"])
    await store.start(PREFIX + "mini")
    scratch = ROOT / (PREFIX + "killed")
    await asyncio.to_thread(scratch.mkdir, exist_ok=True)
    assert await build(store)
    assert await store.builders(PREFIX) == ()
    assert await asyncio.to_thread(_scratch) == []


async def test_too_little_disk_space_is_told_before_anything_is_done(store: ImageStore, recipes: Path) -> None:
    text = 'parent = "base"\nneeds_mib = 100000000\n'
    await asyncio.to_thread((recipes / "mini" / "family.toml").write_text, text)
    with pytest.raises(Problem) as caught:
        await build(store)
    assert caught.value.code == "images-disk-full"
    assert "100000000 MiB are needed" in caught.value.detail
    assert await leftovers(store) == []
