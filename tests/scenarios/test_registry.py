"""Images from a registry: a real one, from the distribution, in a container on this machine."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from skylift.engines import Engine
from skylift.engines.images import Bind, ImageConfig, ImageStore
from skylift.images import Source, build_all, pull_all, resolve
from skylift.images.families import recipes_folder
from skylift.images.state import KEY
from skylift.model.event import Event, StepFinished
from skylift.model.problem import Problem, Problems
from skylift.model.secret import Secret
from skylift.model.service_image import Image

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
REGISTRY = Image("skylift-test-registry", "registry", "root")
BASE, KEYSTONE = Image("base", "base", "root"), Image("keystone", "openstack", "keystone")
NAME = "skylift-test-registry"
TAG = "2026.1-debian-trixie"
USER, WORD = "reader", "open sesame"
HASHED = "$2b$05$fr9MjvZNqOfdeHOo8tMBGenclUyYINkpAWGz0k/ULrzs3LzIhkzOe"
"""WORD the way htpasswd keeps it (bcrypt)."""


@pytest.fixture
async def store() -> AsyncIterator[ImageStore]:
    async with await Engine.open() as engine:
        yield ImageStore(engine)


@pytest.fixture
async def program(store: ImageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return an image that has the distribution's registry program; the builder keeps it for the next run."""
    real = recipes_folder()
    for name in ("common.sh", "debian.lock"):
        shutil.copyfile(real / name, tmp_path / name)
    shutil.copytree(real / "base", tmp_path / "base")
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "family.toml").write_text('parent = "base"\nneeds_mib = 100\n')
    (tmp_path / "registry" / "packages.txt").write_text("docker-registry\n")
    (tmp_path / "registry" / "recipe.sh").write_text(
        ". /mnt/common.sh\nmachine_settings\napt_begin\napt_install /mnt/recipe/packages.txt\napt_end registry\n"
    )
    monkeypatch.setenv("SKYLIFT_RECIPES", str(tmp_path))
    await build_all(store.engine, [REGISTRY], lambda event: None)
    monkeypatch.delenv("SKYLIFT_RECIPES")
    return Source().reference(REGISTRY.name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def registry(store: ImageStore, program: str, tmp_path: Path) -> AsyncIterator[str]:
    """Run a registry that wants a password, with one small image in it: base, at another tag than ours."""
    address = f"127.0.0.1:{free_port()}"
    config = tmp_path / "config"
    config.mkdir()
    (config / "htpasswd").write_text(f"{USER}:{HASHED}\n")
    (config / "config.yml").write_text(
        "version: 0.1\nlog: {level: warn}\nstorage: {filesystem: {rootdirectory: /tmp/registry}}\n"
        f"http: {{addr: '{address}'}}\nauth: {{htpasswd: {{realm: test, path: /mnt/htpasswd}}}}\n"
    )
    await store.discard(NAME)
    await store.create_builder(NAME, program, ["docker-registry", "serve", "/mnt/config.yml"], [Bind(config, "/mnt")])
    try:
        await store.start(NAME)
        await answering(address)
        reference = Source(registry=address, openstack_tag=TAG).reference(BASE.name)
        repository, _, tag = reference.rpartition(":")
        archive = tmp_path / "small.tar"
        await asyncio.to_thread(shutil.make_archive, str(archive.with_suffix("")), "tar", config, "config.yml")
        await store.import_archive(archive, repository, tag, ImageConfig())
        await store.docker.images.push(repository, tag=tag, auth={"username": USER, "password": WORD})
        await store.remove(reference)
        yield address
    finally:
        await store.discard(NAME)


async def answering(address: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(20):
        while True:
            try:
                async with session.get(f"http://{address}/v2/"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


async def present(store: ImageStore) -> set[tuple[str, tuple[str, ...]]]:
    return {(state.image_id, state.digests) for state in await store.find(KEY)}


def source(address: str, tag: str = TAG) -> Source:
    return Source(registry=address, openstack_tag=tag, username=USER, password=Secret(WORD))


async def test_an_image_is_resolved_then_pulled_then_found(store: ImageStore, registry: str) -> None:
    events: list[Event] = []
    reference = source(registry).reference(BASE.name)
    try:
        found = await resolve(store.engine, [BASE], source(registry))
        assert found[BASE.name].reference == reference
        assert found[BASE.name].digest.startswith("sha256:")
        assert found[BASE.name].image_id == ""
        pulled = await pull_all(store.engine, found.values(), source(registry), events.append)
        image = await store.inspect(reference)
        assert image is not None
        assert pulled[BASE.name].image_id == image.image_id
        assert [event.state for event in events if isinstance(event, StepFinished)] == ["ok"]
        again = await resolve(store.engine, [BASE], source(registry))
        assert again[BASE.name].image_id == image.image_id
        events.clear()
        await pull_all(store.engine, again.values(), source(registry), events.append)
        assert events == []
    finally:
        await store.remove(reference)


async def test_missing_tags_are_told_before_anything_is_pulled(store: ImageStore, registry: str) -> None:
    before = await present(store)
    with pytest.raises(Problems) as caught:
        await resolve(store.engine, [BASE, KEYSTONE], source(registry, "2026.2-debian-trixie"))
    base, keystone = caught.value.problems
    assert f"nearest tags of base: {TAG}" in base.detail
    assert base.fix == f"Set openstack_tag: {TAG} in globals.yml, or push the image."
    assert "no openstack.kolla/keystone" in keystone.detail
    assert await present(store) == before


async def test_a_wrong_password_is_refused_in_plain_words(store: ImageStore, registry: str) -> None:
    wrong = Source(registry=registry, openstack_tag=TAG, username=USER, password=Secret("shut"))
    with pytest.raises(Problem) as caught:
        await resolve(store.engine, [BASE], wrong)
    assert caught.value.code == "registry-denied"
    assert "shut" not in str(caught.value)
