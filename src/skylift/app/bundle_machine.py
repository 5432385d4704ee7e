"""Sections of a report about the machine and its engine."""

from __future__ import annotations

import asyncio
import os
import platform
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from skylift import OPENSTACK_RELEASE, __version__
from skylift.app.bundle_scene import Scene
from skylift.engines.images import ImageStore
from skylift.engines.look import inspected
from skylift.observed import kernel
from skylift.observed.host import read_host

Files = Mapping[str, Any]
"""Contents by path: text, or JSON data."""
LIBRARIES = ("aiodocker", "aiohttp", "jinja2", "keystoneauth1", "pydantic", "rich", "ruamel.yaml", "typer")
BUGS = 3
LONGEST_BUG = 1 << 18


async def versions(_: Scene) -> Files:
    """Return the versions of Skylift, of what it is made of, and of the system."""
    return {
        "versions.json": {
            "skylift": __version__,
            "openstack": OPENSTACK_RELEASE,
            "python": platform.python_version(),
            "libraries": {name: _version(name) for name in LIBRARIES},
            "system": _system(Path("/etc/os-release")),
            "kernel": platform.release(),
            "kernel_version": platform.version(),
            "architecture": platform.machine(),
        }
    }


async def machine(scene: Scene, root: Path = Path("/")) -> Files:
    """Return memory, disks, processors, and whether there is KVM, without asking the engine. Sizes in bytes."""
    total, available = kernel.memory(root)
    device = root / "dev/kvm"
    return {
        "machine.json": {
            "cores": os.cpu_count(),
            "usable_cores": len(os.sched_getaffinity(0)),
            "load": list(os.getloadavg()),
            "memory": total,
            "memory_available": available,
            "pressure": {name: _lines(root / "proc/pressure" / name) for name in ("cpu", "memory", "io")},
            "disk_free": {str(path): kernel.disk_free(str(path)) for path in (root, scene.folder, Path.cwd())},
            "inodes_free": kernel.inodes_free(str(root)),
            "kvm": {"device": device.exists(), "usable": os.access(device, os.R_OK | os.W_OK)},
            "tun": kernel.tun_works(root / "dev/net/tun"),
            "forwarding": kernel.forwarding(root),
            "user": os.getuid(),
            "started": _lines(root / "proc/uptime"),
        }
    }


async def engine(scene: Scene) -> Files:
    """Return what the engine and the network of its machine look like; of others' objects their names alone."""
    facts = await read_host(scene.the_engine(), scene.cloud)
    objects = tuple(replace(one, labels={}) for one in facts.objects)
    return {"engine.json": asdict(replace(facts, objects=objects))}


async def images(scene: Scene) -> Files:
    """Return the images that the cloud's containers were made from, with their digests."""
    states = await scene.the_engine().containers(scene.cloud)
    store = ImageStore(scene.the_engine())
    names: dict[str, set[str]] = {}
    for state in states:
        names.setdefault(state.image_id, set()).add(state.short)
    found = await asyncio.gather(*(store.inspect(image_id) for image_id in names))
    return {
        "images.json": [
            {
                "id": image_id,
                "names": list(image.tags) if image else [],
                "digests": list(image.digests) if image else [],
                "size": image.size if image else None,
                "created": image.created if image else None,
                "containers": sorted(names[image_id]),
            }
            for image_id, image in zip(names, found, strict=True)
        ]
    }


async def containers(scene: Scene) -> Files:
    """Return what the engine says of each of the cloud's containers."""
    return {"containers.json": await inspected(scene.the_engine(), scene.cloud)}


async def bugs(_: Scene) -> Files:
    """Return what Skylift wrote of its own last crashes of this user."""
    return await asyncio.to_thread(_bugs, Path(tempfile.gettempdir()))


def _bugs(folder: Path) -> Files:
    dated = []
    for path in folder.glob("skylift-bug-*.txt"):
        status = path.lstat()
        # The folder is everybody's: a link may lead anywhere.
        if status.st_uid == os.getuid() and stat.S_ISREG(status.st_mode) and status.st_size <= LONGEST_BUG:
            dated.append((status.st_mtime, path))
    newest = [path for _, path in sorted(dated)[-BUGS:]]
    return {f"bugs/{path.name}": path.read_text(encoding="utf-8", errors="replace") for path in newest}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _system(path: Path) -> str:
    pairs = (line.partition("=") for line in _lines(path))
    return next((value.strip('"') for key, _, value in pairs if key == "PRETTY_NAME"), "")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
