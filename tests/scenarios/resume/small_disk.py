"""Volumes and folders on a disk of a few megabytes, which can be given more."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.resume.place import LABEL, docker, full_name


@dataclass(frozen=True)
class SmallDisk:
    """A file system in memory, mounted at ``path``."""

    path: Path

    def grow(self, size: str) -> None:
        """Give it this size (``512m``)."""
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.path)], check=True)


@contextmanager
def small_disk(path: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a disk of ``size`` at ``path`` while the body runs; whoever still uses it then keeps it until it ends."""
    path.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], check=True)
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


@contextmanager
def small_volume(short: str, size: str) -> Iterator[SmallDisk]:
    """Make a volume of the cloud beforehand, as Skylift makes it, on a disk of ``size``."""
    name = docker("volume", "create", "--label", LABEL, "--label", "io.skylift.data=yes", full_name(short))
    with small_disk(Path(docker("volume", "inspect", "--format", "{{.Mountpoint}}", name)), size) as disk:
        yield disk
