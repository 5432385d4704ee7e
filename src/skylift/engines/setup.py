"""How a container is really set up, from the engine's inspect answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skylift.model.container import Mount, Setup


def setup_of(shown: Mapping[str, Any]) -> Setup:
    """Return the setup of a container as inspected."""
    config, host = shown["Config"], shown["HostConfig"]
    networks = (shown.get("NetworkSettings") or {}).get("Networks") or {}
    return Setup(
        environment=frozenset(config.get("Env") or ()),
        mounts=tuple(sorted((*_mounts(shown), *_tmpfs(host)), key=lambda mount: mount.target)),
        capabilities=frozenset(item.removeprefix("CAP_") for item in host.get("CapAdd") or ()),
        devices=frozenset(item["PathOnHost"] for item in host.get("Devices") or ()),
        user=config.get("User") or "",
        command=tuple(config.get("Cmd") or ()),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        network=host.get("NetworkMode") or "",
        attached=tuple(sorted((name, _address(item)) for name, item in networks.items())),
        host_pid=host.get("PidMode") == "host",
        privileged=bool(host.get("Privileged")),
        restart=(host.get("RestartPolicy") or {}).get("Name") or "",
    )


def setup_of_image(shown: Mapping[str, Any]) -> Setup:
    """Return what an image sets for the containers made from it."""
    config = shown.get("Config") or {}
    return Setup(
        environment=frozenset(config.get("Env") or ()),
        user=config.get("User") or "",
        command=tuple(config.get("Cmd") or ()),
        entrypoint=tuple(config.get("Entrypoint") or ()),
    )


def _address(endpoint: Mapping[str, Any]) -> str:
    """Return the address that was asked for: a stopped container has no other."""
    asked = (endpoint.get("IPAMConfig") or {}).get("IPv4Address")
    return str(asked or endpoint.get("IPAddress") or "")


def _mounts(shown: Mapping[str, Any]) -> list[Mount]:
    found = []
    for item in shown.get("Mounts") or ():
        kind = item["Type"]
        # A named volume has its name, a bind its path; a volume without a name of its own belongs to the image.
        source = item.get("Name") or item.get("Source") or ""
        if kind != "tmpfs" and not (kind == "volume" and len(source) == 64):
            found.append(
                Mount(kind, source, item["Destination"], not item.get("RW", True), item.get("Propagation") or "")
            )
    return found


def _tmpfs(host: Mapping[str, Any]) -> list[Mount]:
    return [Mount("tmpfs", "", target) for target in host.get("Tmpfs") or {}]
