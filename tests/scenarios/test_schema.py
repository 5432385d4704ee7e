"""A database that is filled from the image's dump is the one that the service's own migration makes."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skylift.engines import Engine
from skylift.engines.images import Bind, ImageStore
from skylift.images import Source
from skylift.images.families import DECLARED, load, recipes_folder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
COMPARE = Path(__file__).with_name("schema_compare.py")
SERVER, CLIENT = "skylift-test-schema-server", "skylift-test-schema-client"


@pytest.fixture
async def store() -> AsyncIterator[ImageStore]:
    async with await Engine.open() as engine:
        store = ImageStore(engine)
        for name in (SERVER, CLIENT):
            await store.discard(name)
        yield store
        for name in (SERVER, CLIENT):
            await store.discard(name)


async def test_loading_and_migrating_give_the_same(store: ImageStore, tmp_path: Path) -> None:
    stage = tmp_path / "stage"
    (stage / "shared").mkdir(parents=True)
    shutil.copytree(recipes_folder() / "schema", stage / "recipe")
    declared = load(recipes_folder())["schema"].declared.files
    (stage / "recipe" / DECLARED).mkdir()
    for name, text in declared.items():
        (stage / "recipe" / DECLARED / name).write_text(text)
    shutil.copyfile(recipes_folder() / "common.sh", stage / "common.sh")
    shutil.copyfile(COMPARE, stage / "compare.py")
    binds = [Bind(stage, "/mnt"), Bind(stage / "shared", "/mnt/shared", writable=True)]
    work = ". /mnt/common.sh; . /mnt/recipe/migrate.sh; migrate_all; exec python /mnt/compare.py $socket"
    await store.create_builder(
        SERVER, Source().reference("mariadb-server"), ["bash", "/mnt/recipe/companion.sh"], binds
    )
    await store.create_builder(CLIENT, Source().reference("keystone"), ["bash", "-c", work], binds)
    await store.start(SERVER)
    await store.start(CLIENT)
    lines = [line async for line in store.output(CLIENT)]
    code = await store.engine.wait_container(CLIENT)
    assert code == 0, "\n".join(lines[-40:])
    compared = [line for line in lines if line.startswith("COMPARED")]
    databases = {line.split()[0] for line in declared["databases.txt"].splitlines()} | {"nova_cell0"}
    assert {line.split()[1].rstrip(":") for line in compared} == databases
    assert not [line for line in compared if " 0 tables" in line]
