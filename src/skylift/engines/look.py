"""What an engine holds and says of itself, for the checks before a change."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network
from typing import Any

from skylift.engines.docker import Engine, engine_call
from skylift.model.container import LABEL
from skylift.model.host import EngineFacts, EngineObject

BRIDGE_NAME = "com.docker.network.bridge.name"


@dataclass(frozen=True, slots=True)
class EngineSubnet:
    """A subnet of one of the engine's networks; ``bridge`` is the interface it asked for by name, or empty."""

    network: str
    subnet: IPv4Network
    bridge: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EngineHoldings:
    """Everything on the engine, whoever made it."""

    facts: EngineFacts
    objects: tuple[EngineObject, ...]
    subnets: tuple[EngineSubnet, ...]
    cpus: int = 0
    memory: int = 0


async def holdings(engine: Engine) -> EngineHoldings:
    """Return what the engine holds, in four calls side by side."""
    docker = engine.docker
    with engine_call("look at the engine"):
        asked = time.time()
        info, version, containers, networks, volumes = await asyncio.gather(
            docker.system.info(),
            docker.version(),
            docker._query_json("containers/json", params={"all": "true"}),
            docker.networks.list(),
            docker.volumes.list(),
        )
        answered = time.time()
    objects = [
        EngineObject(
            "container",
            name.lstrip("/"),
            item.get("Labels") or {},
            item.get("State") == "running",
            _addresses(item),
            str(item.get("Image", "")),
        )
        for item in containers
        for name in item.get("Names") or ()
        # An alias of another container (legacy links) has a second slash.
        if "/" not in name.lstrip("/")
    ]
    objects += [
        EngineObject(
            "network",
            item["Name"],
            item.get("Labels") or {},
            bridge=str((item.get("Options") or {}).get(BRIDGE_NAME, "")) or f"br-{item.get('Id', '')[:12]}",
        )
        for item in networks
    ]
    objects += [EngineObject("volume", item["Name"], item.get("Labels") or {}) for item in volumes["Volumes"] or ()]
    return EngineHoldings(
        facts=EngineFacts(
            name=_engine_name(version),
            version=str(version.get("Version", "")),
            api=str(version.get("ApiVersion", "")),
            data_root=str(info.get("DockerRootDir", "")),
            architecture=str(info.get("Architecture", "")),
            driver=str(info.get("Driver", "")),
            kernel=str(info.get("KernelVersion", "")),
            parts={str(one.get("Name")): str(one.get("Version", "")) for one in version.get("Components") or ()},
            ahead=_ahead(str(info.get("SystemTime", "")), asked, answered),
        ),
        objects=tuple(objects),
        subnets=tuple(subnet for item in networks for subnet in _subnets(item)),
        cpus=int(info.get("NCPU") or 0),
        memory=int(info.get("MemTotal") or 0),
    )


def _ahead(said: str, asked: float, answered: float) -> float | None:
    """Return how many seconds the engine's clock is ahead: it was read at some moment of the call."""
    try:
        # Nanoseconds are more than Python reads.
        told = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", said)).timestamp()
    except ValueError:
        return None
    return told - answered if told > answered else min(0.0, told - asked)


def _engine_name(version: Mapping[str, Any]) -> str:
    """Return Docker or Podman: the latter speaks the same language and differs in what it allows."""
    components = version.get("Components") or ()
    return "Podman" if any("Podman" in str(item.get("Name")) for item in components) else "Docker"


def _addresses(item: Mapping[str, Any]) -> tuple[str, ...]:
    networks = (item.get("NetworkSettings") or {}).get("Networks") or {}
    return tuple(address for one in networks.values() if (address := one.get("IPAddress")))


def _subnets(item: Mapping[str, Any]) -> list[EngineSubnet]:
    found = []
    for config in (item.get("IPAM") or {}).get("Config") or ():
        try:
            subnet = IPv4Network(str(config.get("Subnet", "")), strict=False)
        except ValueError:  # IPv6
            continue
        bridge = str((item.get("Options") or {}).get(BRIDGE_NAME, ""))
        found.append(EngineSubnet(item["Name"], subnet, bridge, item.get("Labels") or {}))
    return found


async def inspected(engine: Engine, cloud: str) -> dict[str, dict[str, Any]]:
    """Return the engine's whole answer about each container of ``cloud``, by its name, without what is empty."""
    docker = engine.docker
    with engine_call("inspect containers"):
        found = await docker.containers.list(all=True, filters={"label": [f"{LABEL}cloud={cloud}"]})
        shown = await asyncio.gather(*(_inspected(engine, one.id) for one in found))
    answers = (one for one in shown if one is not None)
    return {str(one["Name"]).lstrip("/"): _filled(one) for one in sorted(answers, key=lambda one: str(one["Name"]))}


async def _inspected(engine: Engine, container: str) -> dict[str, Any] | None:
    answer = None
    with engine_call(f"inspect {container}", absent_ok=True):
        answer = dict(await engine.docker.containers.container(container).show())
    return answer  # noqa: RET504 - the context ends the call early where there is none


def _filled(value: Any) -> Any:
    """Return the value without what says nothing: half of an answer is null or empty."""
    if isinstance(value, dict):
        return {key: kept for key, item in value.items() if (kept := _filled(item)) not in (None, "", [], {})}
    return [_filled(item) for item in value] if isinstance(value, list) else value
