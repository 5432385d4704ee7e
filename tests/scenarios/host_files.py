"""Names of the files of a host that a deployment could leave behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from skylift.journal.location import journal_folder

FOLDERS = ("/etc", "/var", "/run", "/tmp", "/opt", "/srv", "/usr/local", "/root", "/home", "/mnt", "/media")
"""Where things are left. /usr is the package manager's, /proc, /sys and /dev are no files."""

NOISE = (
    r"^/run/docker/netns(/|$)",  # the engine takes these away a minute later
    r"^/run/(containerd|docker)/.*/[0-9a-f]{64}",  # one folder a container, of whoever's
    r"^/var/log/journal/",
    r"^/run/(user|systemd|udev|log)/",
    r"^/tmp/(pytest-of-|hypothesis|tmp)",
    r"/(__pycache__|\.cache|\.pytest_cache|\.mypy_cache|\.ruff_cache)(/|$)",
)


def files(folders: Sequence[str] | None = None, noise: Sequence[str] = NOISE) -> Iterator[str]:
    """Yield every path under ``folders`` (default :data:`FOLDERS`), without the engine's data root and the journal.

    Symbolic links are not followed. Of other file systems mounted below only tmpfs is entered: there sockets and locks
    are left. The mounts themselves are compared as such.
    """
    mounted = _mount_points(Path("/proc/self/mounts").read_text())
    skip = frozenset({engine_root(), str(journal_folder()), *mounted})
    pattern = re.compile("|".join(noise))
    for folder in FOLDERS if folders is None else folders:
        if Path(folder).is_dir() and not Path(folder).is_symlink():
            yield from _walk(folder, skip, pattern)


def _mount_points(text: str) -> frozenset[str]:
    """Return the mount points whose files are not for us. Blanks in their names are written in octal."""
    words = [line.split() for line in text.splitlines()]
    return frozenset(word[1].replace("\\040", " ") for word in words if len(word) > 2 and word[2] != "tmpfs")


def _walk(folder: str, skip: frozenset[str], noise: re.Pattern[str]) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.path in skip or noise.search(entry.path):
            continue
        yield entry.path
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, skip, noise)


def engine_root() -> str:
    """Return the folder in which the engine keeps images and containers."""
    if shutil.which("docker"):
        shown = subprocess.run(
            ("docker", "info", "--format", "{{json .DockerRootDir}}"), capture_output=True, text=True, check=False
        )
        if shown.returncode == 0 and shown.stdout.strip():
            return str(json.loads(shown.stdout))
    return "/var/lib/docker"
