"""The engine as the rest of Skylift sees it: containers, networks, volumes, commands inside containers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import aiodocker
import aiohttp

from skylift.engines.connect import connect
from skylift.engines.patience import appears, vanishes
from skylift.engines.setup import setup_of_image
from skylift.engines.spec import archive, create_config, endpoint, state_of
from skylift.model.cloud import EngineNetwork
from skylift.model.container import LABEL, ContainerSpec, ContainerState, File, Setup
from skylift.model.observed import ObservedNetwork
from skylift.model.problem import Problem

NO_LIMIT = aiohttp.ClientTimeout(total=None)
HTTP_NOT_FOUND, HTTP_NOT_MODIFIED, HTTP_CONFLICT = 404, 304, 409
STDERR = 2
NO_CONNECTION = 900
"""What the library gives as status when nothing answers at the socket."""


@contextmanager
def engine_call(what: str, *, absent_ok: bool = False) -> Iterator[None]:
    """Turn the engine's refusals into Problem ``engine-refused``; ``absent_ok`` lets a missing object pass."""
    try:
        yield
    except aiodocker.DockerError as error:
        if absent_ok and error.status in (HTTP_NOT_FOUND, HTTP_NOT_MODIFIED):
            return
        if error.status == NO_CONNECTION:
            raise _lost(what, error.message) from error
        raise Problem(
            code="engine-refused",
            summary="The container engine refused a request",
            detail=f"{what}: {error.message}",
            fix="See the engine's log; after mending the cause 'skylift up' goes on from here.",
            where=what,
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise _lost(what, str(error)) from error


def _lost(what: str, said: str) -> Problem:
    return Problem(
        code="engine-lost",
        summary="The connection to the container engine broke",
        detail=f"{what}: {said}",
        fix="Run 'scripts/engine.sh' to start it again, then 'skylift up', which goes on from here.",
        where=what,
    )


class Engine:
    """A Docker Engine over its API. Every method raises Problem on refusal."""

    def __init__(self, docker: aiodocker.Docker) -> None:
        self.docker = docker

    @classmethod
    async def open(cls, url: str | None = None) -> Self:
        """Connect. Raises Problem ``engine-missing``, ``engine-permission``, ``engine-unreachable``."""
        return cls(await connect(url))

    async def close(self) -> None:
        """Give the connections back."""
        await self.docker.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def info(self) -> dict[str, Any]:
        """Return the engine's description of itself (``ServerVersion``, ``DockerRootDir``, ``NCPU``, ``MemTotal``)."""
        with engine_call("info"):
            return dict(await self.docker.system.info())

    # Containers

    async def containers(self, cloud: str) -> tuple[ContainerState, ...]:
        """Return every container of ``cloud``, found by label, in order of name."""
        with engine_call("list containers"):
            found = await self.docker.containers.list(all=True, filters={"label": [f"{LABEL}cloud={cloud}"]})
        states = await asyncio.gather(*(self.container(one.id) for one in found))
        return tuple(sorted((state for state in states if state is not None), key=lambda state: state.name))

    async def container(self, name: str) -> ContainerState | None:
        """Return a container's state, or None when there is none of this name."""
        state = None
        with engine_call(f"inspect {name}", absent_ok=True):
            state = state_of(await self.docker.containers.container(name).show())
        return state  # noqa: RET504 - the context ends the call early where there is none

    async def image_setups(self, ids: Iterable[str]) -> dict[str, Setup]:
        """Return what each image sets for its containers, by id; one that is gone is left out."""

        async def one(image_id: str) -> Setup | None:
            setup = None
            with engine_call(f"inspect image {image_id}", absent_ok=True):
                setup = setup_of_image(await self.docker.images.inspect(image_id))
            return setup  # noqa: RET504 - the context ends the call early where there is none

        wanted = sorted(ids)
        found = await asyncio.gather(*(one(image_id) for image_id in wanted))
        return {image_id: setup for image_id, setup in zip(wanted, found, strict=True) if setup is not None}

    async def create_container(self, spec: ContainerSpec, cloud: str) -> None:
        """Create ``spec`` with its networks and files. One that was created half (cut off) is replaced."""
        with engine_call(f"create {spec.name}"):
            try:
                container = await self.docker.containers.create(create_config(spec, cloud), name=spec.name)
            except aiodocker.DockerError as error:
                if error.status != HTTP_CONFLICT:
                    raise
                # The engine may be about to make it, for a run that was cut off.
                state = await appears(lambda: self.container(spec.name))
                ours = state is not None and state.labels.get(LABEL + "cloud") == cloud and state.status == "created"
                if not ours:
                    raise
                await self.remove_container(spec.name)
                container = await self.docker.containers.create(create_config(spec, cloud), name=spec.name)
            for attachment in spec.attachments[1:]:
                network = await self.docker.networks.get(attachment.network)
                await network.connect({"Container": container.id, "EndpointConfig": endpoint(attachment.address)})
            if spec.files:
                await container.put_archive("/", archive(spec.files))

    async def put_files(self, name: str, files: Iterable[File], *, stamped: bool = True) -> None:
        """Put files into a container, owned by root; without stamps they count as not yet taken over."""
        with engine_call(f"put files into {name}"):
            await self.docker.containers.container(name).put_archive("/", archive(files, stamped=stamped))

    async def copy_out(self, image: str, path: str, folder: Path, cloud: str) -> None:
        """Copy ``path`` (a file or folder) of an image into ``folder``, through a container that never starts.

        It has the label of ``cloud``: should this process be killed meanwhile, the next plan removes it.
        """
        with engine_call(f"copy {path} out of {image}"):
            labels = {LABEL + "cloud": cloud, LABEL + "kind": "copy"}
            config: dict[str, Any] = {"Image": image, "Cmd": ["true"], "Labels": labels}
            container = await self.docker.containers.create(config)
            try:
                archive = await container.get_archive(path)
                await asyncio.to_thread(archive.extractall, folder, filter="data")
            finally:
                await container.delete(force=True)

    async def start_container(self, name: str) -> None:
        """Start; nothing happens when it runs already. A paused one goes on."""
        with engine_call(f"start {name}"):
            state = await self.container(name)
            if state is not None and state.status == "paused":
                await self.docker.containers.container(name).unpause()
                return
            await self.docker.containers.container(name).start()

    async def stop_container(self, name: str, grace: int = 10) -> None:
        """Stop within ``grace`` seconds, then kill; nothing happens when it is stopped or absent."""
        with engine_call(f"stop {name}", absent_ok=True):
            container = self.docker.containers.container(name)
            state = await self.container(name)
            if state is not None and state.status == "paused":
                await container.unpause()
            await container.stop(t=grace, timeout=NO_LIMIT)

    async def remove_container(self, name: str) -> None:
        """Remove with its anonymous volumes, even when it runs; nothing happens when it is absent."""
        with engine_call(f"remove {name}", absent_ok=True):
            try:
                await self.docker.containers.container(name).delete(force=True, v=True, timeout=NO_LIMIT)
            except aiodocker.DockerError as error:
                # A run that was cut off may have asked for it already: "removal … is already in progress".
                if error.status != HTTP_CONFLICT or await vanishes(lambda: self.container(name)) is not None:
                    raise

    async def wait_container(self, name: str) -> int:
        """Wait until a container has ended and return its exit code."""
        with engine_call(f"wait for {name}"):
            answer = await self.docker.containers.container(name).wait(timeout=NO_LIMIT)
            return int(answer["StatusCode"])

    async def tail(self, name: str, lines: int) -> list[str]:
        """Return the last lines of a container's output; empty when it is absent."""
        try:
            found = await self.docker.containers.container(name).log(stdout=True, stderr=True, tail=lines)
        except (aiodocker.DockerError, aiohttp.ClientError, OSError):
            return []
        return "".join(found).splitlines()[-lines:]

    async def run(self, name: str, command: Sequence[str], *, user: str = "") -> tuple[int, str]:
        """Run a command inside a container and return its exit code and output: all of stdout, then all of stderr.

        As they came they would be cut into each other in the middle of a line: a program writes full buffers.
        """
        with engine_call(f"exec in {name}"):
            execution = await self.docker.containers.container(name).exec(list(command), user=user)
            output, errors = bytearray(), bytearray()
            async with execution.start(timeout=NO_LIMIT, detach=False) as stream:
                while (message := await stream.read_out()) is not None:
                    (errors if message.stream == STDERR else output).extend(message.data)
            shown = await execution.inspect()
            if output and errors and not output.endswith(b"\n"):
                output += b"\n"
            return int(shown["ExitCode"] or 0), (output + errors).decode(errors="replace")

    # Networks and volumes

    async def networks(self, cloud: str) -> tuple[ObservedNetwork, ...]:
        """Return the networks of ``cloud``, found by label."""
        with engine_call("list networks"):
            found = await self.docker.networks.list(filters={"label": [f"{LABEL}cloud={cloud}"]})
        return tuple(_network(item) for item in found)

    async def all_networks(self) -> tuple[ObservedNetwork, ...]:
        """Return every network of the engine."""
        with engine_call("list networks"):
            return tuple(_network(item) for item in await self.docker.networks.list())

    async def create_network(self, network: EngineNetwork, cloud: str) -> None:
        """Create a bridge network whose addresses the engine hands out from ``ip_range`` only."""
        config = {
            "Name": network.name,
            "Driver": "bridge",
            "Internal": network.isolated,
            "CheckDuplicate": True,
            "IPAM": {
                "Config": [
                    {
                        "Subnet": str(network.subnet),
                        "Gateway": str(network.gateway),
                        "IPRange": str(network.ip_range),
                    }
                ]
            },
            "Options": {"com.docker.network.bridge.name": network.bridge},
            "Labels": {LABEL + "cloud": cloud, LABEL + "purpose": network.purpose},
        }
        with engine_call(f"create network {network.name}"):
            try:
                await self.docker.networks.create(config)
            except aiodocker.DockerError:
                # The engine may be about to make it, for a run that was cut off: then its name or subnet is taken.
                if await appears(lambda: self._network_of(cloud, network)) is None:
                    raise

    async def _network_of(self, cloud: str, network: EngineNetwork) -> ObservedNetwork | None:
        same = (network.name, str(network.subnet))
        return next((one for one in await self.networks(cloud) if (one.name, one.subnet) == same), None)

    async def remove_network(self, name: str) -> None:
        """Remove; nothing happens when it is absent."""
        with engine_call(f"remove network {name}", absent_ok=True):
            await (await self.docker.networks.get(name)).delete()

    async def volumes(self, cloud: str) -> tuple[str, ...]:
        """Return the names of the volumes of ``cloud``."""
        with engine_call("list volumes"):
            found = await self.docker.volumes.list(filters={"label": [f"{LABEL}cloud={cloud}"]})
        return tuple(sorted(item["Name"] for item in found["Volumes"] or ()))

    async def data_volumes(self, cloud: str) -> tuple[str, ...]:
        """Return the names of the volumes of ``cloud`` that hold data of its users."""
        labels = [f"{LABEL}cloud={cloud}", f"{LABEL}data=yes"]
        with engine_call("list volumes"):
            found = await self.docker.volumes.list(filters={"label": labels})
        return tuple(sorted(item["Name"] for item in found["Volumes"] or ()))

    async def create_volume(self, name: str, cloud: str, *, data: bool) -> None:
        """Create; ``data`` is kept as a label so that ``down --keep-data`` knows it without settings."""
        labels = {LABEL + "cloud": cloud, LABEL + "data": "yes" if data else "no"}
        with engine_call(f"create volume {name}"):
            await self.docker.volumes.create({"Name": name, "Labels": labels})

    async def remove_volume(self, name: str) -> None:
        """Remove; nothing happens when it is absent."""
        with engine_call(f"remove volume {name}", absent_ok=True):
            await (await self.docker.volumes.get(name)).delete()


def _network(item: dict[str, Any]) -> ObservedNetwork:
    configs = (item.get("IPAM") or {}).get("Config") or [{}]
    return ObservedNetwork(item["Name"], item["Id"], configs[0].get("Subnet", ""), item.get("Labels") or {})
