"""The engine's images: look, import, run a recipe in a container of its own, commit, tag, pull, remove."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiodocker

from skylift.engines.docker import HTTP_NOT_FOUND, NO_LIMIT, Engine, engine_call
from skylift.engines.spec import epoch

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ImageState:
    """An image as found. ``size`` in bytes, ``created`` in epoch seconds, ``digests`` as ``name@sha256:…``."""

    image_id: str
    tags: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    created: float = 0.0


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """What an image says about how it is run. Empty fields are taken from the parent."""

    user: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    def changes(self) -> list[str]:
        """Return the configuration as instructions, quoted the JSON way, one a line."""
        lines = [f"ENV {key}={json.dumps(value)}" for key, value in self.environment]
        lines += [f"LABEL {json.dumps(key)}={json.dumps(value)}" for key, value in self.labels]
        if self.user:
            lines.append(f"USER {self.user}")
        if self.entrypoint:
            lines.append(f"ENTRYPOINT {json.dumps(list(self.entrypoint))}")
        if self.command:
            lines.append(f"CMD {json.dumps(list(self.command))}")
        return lines


@dataclass(frozen=True, slots=True)
class Bind:
    """A folder of the machine seen in a build container, read-only unless ``writable``."""

    source: Path
    target: str
    writable: bool = False

    def __str__(self) -> str:
        return f"{self.source}:{self.target}:{'rw' if self.writable else 'ro'}"


class ImageStore:
    """The images of one engine. Every method raises Problem ``engine-refused`` or ``engine-lost``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.docker = engine.docker

    async def find(self, label: str) -> tuple[ImageState, ...]:
        """Return the images that carry ``label``, in one call."""
        with engine_call("list images"):
            found = await self.docker.images.list(filters={"label": [label]})
        return tuple(_state(item) for item in found)

    async def inspect(self, reference: str) -> ImageState | None:
        """Return an image by reference or id, or None when the engine has none."""
        with engine_call(f"inspect image {reference}"):
            try:
                return _shown(await self.docker.images.inspect(reference))
            except aiodocker.DockerError as error:
                if error.status != HTTP_NOT_FOUND:
                    raise
                return None

    async def used(self) -> frozenset[str]:
        """Return the ids of the images that any container, running or not, was made from."""
        with engine_call("list containers"):
            found = await self.docker._query_json("containers/json", params={"all": "true"})
        return frozenset(item["ImageID"] for item in found)

    async def import_archive(self, path: Path, repository: str, tag: str, config: ImageConfig) -> str:
        """Make an image of one layer from a tar archive of a root file system; return its id."""

        async def chunks() -> AsyncIterator[bytes]:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk

        params = {"fromSrc": "-", "repo": repository, "tag": tag}
        if changes := config.changes():
            params["changes"] = "\n".join(changes)
        with engine_call(f"import {repository}:{tag}"):
            async with self.docker._query(
                "images/create",
                "POST",
                params=params,
                data=chunks(),
                headers={"Content-Type": "application/x-tar"},
                timeout=NO_LIMIT,
            ) as response:
                text = await response.text()
        last = json.loads(text.strip().splitlines()[-1])
        return str(last["status"])

    async def create_builder(
        self, name: str, image: str, command: Sequence[str], binds: Sequence[Bind] = (), user: str = "0"
    ) -> str:
        """Create (not start) a build container on the machine's own network; return its id.

        It can be recognised by its name alone: labels and environment would end up in the image.
        """
        config: dict[str, Any] = {
            "Image": image,
            "Entrypoint": list(command[:1]),
            "Cmd": list(command[1:]),
            "User": user,
            "HostConfig": {
                "Binds": [str(bind) for bind in binds],
                "NetworkMode": "host",
                "LogConfig": {"Type": "json-file", "Config": {}},
            },
        }
        with engine_call(f"create {name}"):
            return str((await self.docker.containers.create(config, name=name)).id)

    async def put_overlay(self, container: str, files: Mapping[str, tuple[bytes, int]]) -> None:
        """Put files (path → content, mode), owned by root, into a container that was created."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for path, (content, mode) in sorted(files.items()):
                info = tarfile.TarInfo(path.lstrip("/"))
                info.size, info.mode = len(content), mode
                tar.addfile(info, io.BytesIO(content))
        with engine_call(f"put files into {container}"):
            await self.docker.containers.container(container).put_archive("/", buffer.getvalue())

    async def read_folder(self, image: str, folder: str) -> dict[str, bytes]:
        """Return the files of a folder in an image by name; empty when it has none. The image is not run."""
        name = f"skylift-build-read-{image.removeprefix('sha256:').replace('/', '-').replace(':', '-')[:40]}"
        await self.create_builder(name, image, ["true"])
        try:
            found: dict[str, bytes] = {}
            with engine_call(f"read {folder} of {image}", absent_ok=True):
                archive = await self.docker.containers.container(name).get_archive(folder)
                for member in archive.getmembers():
                    if member.isfile() and (file := archive.extractfile(member)) is not None:
                        found[Path(member.name).name] = file.read()
            return found
        finally:
            await self.discard(name)

    async def start(self, container: str) -> None:
        """Start a build container."""
        with engine_call(f"start {container}"):
            await self.docker.containers.container(container).start()

    async def output(self, container: str) -> AsyncIterator[str]:
        """Yield the lines of a running container's output (both streams) until it ends."""
        handle = self.docker.containers.container(container)
        rest = ""
        with engine_call(f"output of {container}"):
            log = handle.log(stdout=True, stderr=True, follow=True, timeout=NO_LIMIT)
            async with aclosing(cast("AsyncGenerator[str, None]", log)) as pieces:
                async for piece in pieces:
                    *lines, rest = (rest + piece).split("\n")
                    for line in lines:
                        yield line.rstrip("\r")
        if rest:
            yield rest

    async def commit(self, container: str, repository: str, tag: str, config: ImageConfig) -> str:
        """Make an image from a container as it is now; return its id."""
        with engine_call(f"commit {repository}:{tag}"):
            answer = await self.docker.containers.container(container).commit(
                repository=repository, tag=tag, changes=config.changes(), pause=False, timeout=NO_LIMIT
            )
        return str(answer["Id"])

    async def discard(self, container: str) -> None:
        """Remove a build container, whatever its state; nothing happens when it is absent."""
        await self.engine.remove_container(container)

    async def builders(self, prefix: str) -> tuple[str, ...]:
        """Return the names of the containers whose name begins with ``prefix``."""
        with engine_call("list containers"):
            found = await self.docker._query_json(
                "containers/json", params={"all": "true", "filters": json.dumps({"name": [f"^/{prefix}"]})}
            )
        return tuple(name.lstrip("/") for item in found for name in item["Names"])

    async def tag(self, image_id: str, repository: str, tag: str) -> None:
        """Give an image another name."""
        with engine_call(f"tag {repository}:{tag}"):
            await self.docker.images.tag(image_id, repo=repository, tag=tag)

    async def remove(self, reference: str) -> None:
        """Take a tag away, and the image with its last one; nothing happens when it is absent."""
        with engine_call(f"remove image {reference}", absent_ok=True):
            await self.docker.images.delete(reference)

    async def pull(self, reference: str, auth: Mapping[str, str] | None = None) -> AsyncIterator[Mapping[str, Any]]:
        """Pull an image and yield the engine's progress messages (``id``, ``status``, ``progressDetail``)."""
        with engine_call(f"pull {reference}"):
            async for message in self.docker.images.pull(reference, auth=dict(auth) if auth else None, stream=True):
                yield message

    async def data_root(self) -> Path:
        """Return the folder in which the engine keeps its images, as the engine's machine names it."""
        return Path(str((await self.engine.info())["DockerRootDir"]))


def _state(item: Mapping[str, Any]) -> ImageState:
    return ImageState(
        image_id=item["Id"],
        tags=tuple(tag for tag in item.get("RepoTags") or () if tag != "<none>:<none>"),
        digests=tuple(one for one in item.get("RepoDigests") or () if not one.startswith("<none>")),
        labels=item.get("Labels") or {},
        size=int(item.get("Size", 0)),
        created=float(item.get("Created", 0)),
    )


def _shown(item: Mapping[str, Any]) -> ImageState:
    return ImageState(
        image_id=item["Id"],
        tags=tuple(item.get("RepoTags") or ()),
        digests=tuple(item.get("RepoDigests") or ()),
        labels=(item.get("Config") or {}).get("Labels") or {},
        size=int(item.get("Size", 0)),
        created=epoch(item.get("Created", "")),
    )
