"""Every declared image has the commands, WSGI modules and users that its containers use."""

import re
import shlex
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import pytest

from skylift.desired.build import images_of
from skylift.engines import Engine
from skylift.engines.images import ImageStore
from skylift.images import Source
from skylift.images.families import load as load_families
from skylift.images.families import overlay, recipes_folder
from skylift.model.service import Service
from skylift.model.service_container import CommandCheck, ConfigFile
from skylift.model.service_image import Image
from skylift.services import load

pytestmark = pytest.mark.e2e
SERVICES = load()
CONTRACT = ("dumb-init", "kolla_start", "kolla_set_configs", "kolla_copy_cacerts", "healthcheck_port", "curl", "sudo")


def programs(command: str) -> Iterator[str]:
    """Yield the program of each part of a command line; parts are separated by ``--``."""
    part: list[str] = []
    for word in [*shlex.split(command), "--"]:
        if word != "--":
            part.append(word)
        elif part:
            yield part[0]
            part = []


def commands_of(service: Service) -> Iterator[tuple[Image, str]]:
    """Yield each command that the service runs in an image, except those that it renders itself."""
    containers = {container.name: container for container in service.containers}
    for container in service.containers:
        rendered = _rendered(container.files)
        words = [*programs(container.command)]
        if isinstance(container.check, CommandCheck):
            words.append(container.check.command[0])
        yield from ((container.image, word) for word in words if word not in rendered)
    for job in service.jobs:
        like = containers[job.like]
        rendered = _rendered((*like.files, *job.files))
        yield from ((like.image, word) for word in programs(job.command) if word not in rendered)


def _rendered(files: Iterable[ConfigFile]) -> set[str]:
    """Return by what names the files that a service renders itself can be called."""
    found = {file.dest for file in files}
    return found | {Path(dest).name for dest in found if Path(dest).parent == Path("/usr/local/bin")}


@pytest.fixture
async def store() -> AsyncIterator[ImageStore]:
    async with await Engine.open() as engine:
        yield ImageStore(engine)


async def absent(store: ImageStore, image: Image, script: str) -> list[str]:
    """Run a script in an image, whose own files are complete; return the lines that it printed."""
    name = "skylift-test-contract"
    await store.discard(name)
    await store.create_builder(name, Source().reference(image.name), ["bash", "-c", script], user=image.user)
    try:
        await store.start(name)
        lines = [line async for line in store.output(name)]
        assert await store.engine.wait_container(name) == 0, "\n".join(lines)
        return lines
    finally:
        await store.discard(name)


@pytest.mark.parametrize("family", sorted({image.family for image in images_of(SERVICES)}))
async def test_every_command_is_in_its_image(store: ImageStore, family: str) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    images = {image.name: image for image in images_of(SERVICES) if image.family == family}
    own = {
        name: {f"/{path}" for path in overlay(load_families(recipes_folder()), image)} for name, image in images.items()
    }
    for service in SERVICES:
        for image, word in commands_of(service):
            if image.family == family:
                wanted[image.name].add(word)
    # One container for the family; what only one name has is looked up in that name's own files.
    everything = {word for name, words in wanted.items() for word in words if not _own(word, own[name])}
    script = "; ".join(
        f"command -v {shlex.quote(word)} >/dev/null || echo {shlex.quote(word)}"
        for word in sorted({*everything, *CONTRACT})
    )
    assert await absent(store, next(iter(images.values())), script) == []


def _own(word: str, paths: set[str]) -> bool:
    return word in paths or f"/usr/local/bin/{word}" in paths


@pytest.mark.parametrize("image", images_of(SERVICES), ids=lambda image: image.name)
async def test_an_image_says_how_it_is_run(store: ImageStore, image: Image) -> None:
    shown = await store.docker.images.inspect(Source().reference(image.name))
    config = shown["Config"]
    assert config["User"] == image.user
    assert config["Entrypoint"] == ["dumb-init", "--single-child", "--"]
    assert config["Cmd"] == ["kolla_start"]
    assert any(line.startswith("PATH=/var/lib/kolla/venv/bin:") for line in config["Env"])
    assert config["Labels"]["io.skylift.image.name"] == image.name


async def test_every_wsgi_module_can_be_found(store: ImageStore) -> None:
    # Named in a uwsgi file, or imported by a small module of ours that such a file names.
    pattern = re.compile(r"""uwsgi\(\s*['"]([\w.]+)['"]|^from (\w+\.wsgi[\w.]*) import""", re.MULTILINE)
    modules = {
        module
        for service in SERVICES
        for template in (service.folder / "templates").glob("*.j2")
        for found in pattern.findall(template.read_text())
        for module in found
        if module
    }
    assert {module.split(".")[0] for module in modules} >= {
        "keystone",
        "glance",
        "placement",
        "nova",
        "neutron",
        "octavia",
    }
    image = next(image for image in images_of(SERVICES) if image.name == "keystone")
    check = "import importlib.util, sys; [print(m) for m in sys.argv[1:] if importlib.util.find_spec(m) is None]"
    assert await absent(store, image, f"python -W ignore -c '{check}' {' '.join(sorted(modules))}") == []


async def test_nothing_of_the_machine_stays_in_the_images(store: ImageStore) -> None:
    """Mirrors, proxies, credentials and CA bundle of the build are gone; so are package caches."""
    script = (
        "ls -A /mnt /var/lib/apt/lists /var/cache/apt; ls /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null;"
        " ls -A /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/preferences.d;"
        " ls -d /root/.cache /var/tmp/uv 2>/dev/null;"
        " env | grep -i -E 'proxy|index|pip_|uv_' || true"
    )
    allowed = {"", "/mnt:", "/var/lib/apt/lists:", "/var/cache/apt:", "01autoremove", "70debconf"}
    # What apt itself makes there, empty.
    allowed |= {"lock", "partial"}
    allowed |= {f"/etc/apt/{name}:" for name in ("apt.conf.d", "auth.conf.d", "preferences.d")}
    for name in ("keystone", "rabbitmq"):
        image = next(image for image in images_of(SERVICES) if image.name == name)
        root = Image(image.name, image.family, "root")
        assert set(await absent(store, root, script)) - allowed == set()


async def test_service_users_have_kollas_numbers(store: ImageStore) -> None:
    numbers = {"mysql": 42434, "rabbitmq": 42439, "nova": 42436, "keystone": 42425, "neutron": 42435, "kolla": 42400}
    for name in ("mariadb-server", "nova-api"):
        image = next(image for image in images_of(SERVICES) if image.name == name)
        script = "; ".join(f"[ $(id -u {user}) = {number} ] || echo {user}" for user, number in numbers.items())
        assert await absent(store, image, script) == []
