"""Run one command in a throwaway container and take it away again."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skylift.engines.docker import NO_LIMIT, Engine, engine_call
from skylift.model.container import LABEL

PREFIX = "skylift-trial-"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How the command ended; ``exit_code`` is None when its time was up. ``output`` holds both streams."""

    exit_code: int | None
    output: str


async def try_command(
    engine: Engine,
    image: str,
    command: Sequence[str],
    *,
    devices: Sequence[str] = (),
    seconds: float = 10,
    cloud: str = "",
) -> TrialResult:
    """Run ``command`` as root in a container of ``image`` without network or capabilities.

    ``devices`` are given to it. With the label of ``cloud`` the next plan removes it, should this process be killed
    meanwhile. Raises Problem ``engine-refused`` when the container cannot be made or started.
    """
    name = PREFIX + secrets.token_hex(4)
    config: dict[str, Any] = {
        "Image": image,
        "Entrypoint": [command[0]],
        "Cmd": list(command[1:]),
        "User": "0",
        "Labels": {LABEL + "kind": "trial", **({LABEL + "cloud": cloud} if cloud else {})},
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            "NetworkMode": "none",
            "CapDrop": ["ALL"],
            "Devices": [{"PathOnHost": d, "PathInContainer": d, "CgroupPermissions": "rw"} for d in devices],
            "LogConfig": {"Type": "json-file", "Config": {}},
        },
    }
    with engine_call(f"run {command[0]} in a container of {image}"):
        container = await engine.docker.containers.create(config, name=name)
        try:
            await container.start()
            exit_code: int | None = None
            try:
                async with asyncio.timeout(seconds):
                    exit_code = int((await container.wait(timeout=NO_LIMIT))["StatusCode"])
            except TimeoutError:
                pass
            output = "".join(await container.log(stdout=True, stderr=True, tail=20))
        finally:
            # Shielded: a Ctrl-C during the trial must not leave the container behind.
            await asyncio.shield(engine.remove_container(name))
    return TrialResult(exit_code, output)
