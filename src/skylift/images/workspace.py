"""The scratch folder of a build, what is mounted from it, the lock, and the disk space."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import uv

from skylift.engines.images import Bind, ImageStore
from skylift.images import machine
from skylift.images.families import DECLARED, NAMES, SHARED, Family
from skylift.model.event import Notice, Sink
from skylift.model.problem import Problem

PREFIX = "skylift-build-"
"""Begins the name of every build container and scratch folder, so that leftovers are known."""

ROOT = Path("/var/tmp")  # noqa: S108 - on disk, unlike /tmp on many machines; the folder made in it is private
LOCK = "skylift-image-build"
MIB = 1 << 20


class Workspace:
    """A private scratch folder, removed at the end; those that a killed build left are removed first."""

    def __init__(self, recipes: Path) -> None:
        self.recipes = recipes
        self.folder = Path()

    def __enter__(self) -> Self:
        remove_leftovers(ROOT, mount_points())
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=ROOT))
        # The package manager reads as a user of its own; what is secret in here has mode 0600.
        self.folder.chmod(0o755)
        machine.write(self.folder / "machine")
        (self.folder / "lists").mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        remove_leftovers(ROOT, mount_points())

    def stage(self, family: Family) -> Path:
        """Lay out what the family's recipe sees at /mnt (see images/common.sh); return the folder."""
        place = self.folder / family.name
        place.mkdir()
        for name in SHARED:
            source = self.recipes / name
            if source.is_file():
                shutil.copyfile(source, place / name)
            else:
                (place / name).touch()
        shutil.copytree(family.folder, place / "recipe", symlinks=True, ignore=shutil.ignore_patterns(NAMES))
        for name, text in family.declared.files.items():
            (place / "recipe" / DECLARED).mkdir(exist_ok=True)
            (place / "recipe" / DECLARED / name).write_text(text, encoding="utf-8")
        shutil.copytree(self.folder / "machine", place / "machine")
        for secret in ("auth.conf", "env"):
            (place / "machine" / secret).chmod(0o600)
        (place / "bin").mkdir()
        shutil.copy2(uv.find_uv_bin(), place / "bin" / "uv")
        (place / "shared").mkdir()
        return place

    def binds(self, family: Family) -> list[Bind]:
        """Stage the family and return its mounts."""
        place = self.stage(family)
        binds = [Bind(place, "/mnt"), Bind(self.folder / "lists", "/var/lib/apt/lists", writable=True)]
        if family.companion:
            binds.append(Bind(place / "shared", "/mnt/shared", writable=True))
        return binds


def remove_leftovers(root: Path, mounts: frozenset[str]) -> None:
    """Remove scratch folders, except those in which something is still mounted: that would be removed with them."""
    for folder in root.glob(PREFIX + "*"):
        if folder.is_symlink() or any(point.startswith(f"{folder}/") for point in mounts):
            continue
        shutil.rmtree(folder, ignore_errors=True)


def mount_points() -> frozenset[str]:
    """Return where something is mounted."""
    try:
        text = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    return frozenset(line.split()[4].replace("\\040", " ") for line in text.splitlines())


@contextmanager
def building(name: str = LOCK) -> Iterator[None]:
    """Let one process build at a time. Raises Problem ``images-busy``.

    The lock is a name in the abstract socket namespace: no file, and gone with the process however it ends.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as lock:
        try:
            lock.bind("\0" + name)
        except OSError as error:
            raise Problem(
                code="images-busy",
                summary="Images are being built by another skylift",
                detail="Two builds at once would take each other's containers for leftovers.",
                fix="Wait until the other one has ended.",
            ) from error
        yield


def check_local(store: ImageStore) -> None:
    """Recipes and package settings are mounted into build containers. Raises Problem ``images-engine-elsewhere``."""
    if not store.docker.docker_host.startswith("unix://"):
        raise Problem(
            code="images-engine-elsewhere",
            summary="Images are built on the machine that runs them only",
            detail=f"the engine is reached at {store.docker.docker_host}",
            fix="Run Skylift on the engine's own machine, or set docker_registry in globals.yml to pull images.",
        )


async def check_space(store: ImageStore, needs_mib: int, report: Sink) -> None:
    """Compare the estimate with what is free where the engine keeps images, and where the first layer is made.

    Raises Problem ``images-disk-full``. An engine whose folder is on another machine is not checked.
    """
    if not needs_mib:
        return
    root = await store.data_root()
    for place in (root, ROOT):
        if not place.is_dir():
            continue
        free = shutil.disk_usage(place).free // MIB
        if free < needs_mib:
            raise Problem(
                code="images-disk-full",
                summary="Not enough disk space to build the images",
                detail=f"about {needs_mib} MiB are needed, {free} MiB are free in {place}",
                fix="Free some space ('skylift images prune' removes images that nothing uses), then go on.",
                where=str(place),
            )
    if root.is_dir():
        free = shutil.disk_usage(root).free // MIB
        report(Notice(f"building takes about {needs_mib} MiB; {free} MiB are free in {root}"))
