"""The job that fills databases can be cut off, repeated, and run on databases of an older release."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skylift.engines import Engine
from skylift.engines.images import Bind, ImageStore
from skylift.images import Source
from skylift.images.families import recipes_folder
from skylift.services import COMMON_TEMPLATES

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
TRIALS = Path(__file__).with_name("schema_load.py")
SERVER, CLIENT = "skylift-test-load-server", "skylift-test-load-client"


@pytest.fixture
async def store() -> AsyncIterator[ImageStore]:
    async with await Engine.open() as engine:
        store = ImageStore(engine)
        for name in (SERVER, CLIENT):
            await store.discard(name)
        yield store
        for name in (SERVER, CLIENT):
            await store.discard(name)


async def test_databases_are_filled_however_far_they_are(store: ImageStore, tmp_path: Path) -> None:
    # Not tmp_path itself, which is root's alone: the server's user must reach the socket.
    stage = tmp_path / "stage"
    (stage / "shared").mkdir(parents=True)
    shutil.copytree(recipes_folder() / "schema", stage / "recipe")
    shutil.copyfile(TRIALS, stage / "trials.py")
    # The template has no variables: it is the script.
    shutil.copyfile(COMMON_TEMPLATES / "schema.py.j2", stage / "schema.py")
    binds = [Bind(stage, "/mnt"), Bind(stage / "shared", "/mnt/shared", writable=True)]
    await store.create_builder(
        SERVER, Source().reference("mariadb-server"), ["bash", "/mnt/recipe/companion.sh"], binds
    )
    await store.create_builder(
        CLIENT, Source().reference("octavia-api"), ["python3", "/mnt/trials.py", "/mnt/shared/mysqld.sock"], binds
    )
    await store.start(SERVER)
    await store.start(CLIENT)
    lines = [line async for line in store.output(CLIENT)]
    assert await store.engine.wait_container(CLIENT) == 0, "\n".join(lines[-20:])
    assert sum(line.startswith("HELD") for line in lines) == 9
