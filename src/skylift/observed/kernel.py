"""Small facts from /proc, /sys and /dev. Each is None where this user cannot find it out."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def memory(root: Path = Path("/")) -> tuple[int, int | None]:
    """Return total and available memory in bytes."""
    sizes = {}
    for line in _lines(root / "proc/meminfo"):
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdigit():
            sizes[name] = int(words[0]) * 1024
    return sizes.get("MemTotal", 0), sizes.get("MemAvailable")


def disk_free(folder: str) -> int | None:
    """Return the bytes that a user may still write where ``folder`` lies, or None when it is not on this machine."""
    if not folder:
        return None
    try:
        state = os.statvfs(folder)
    except OSError:
        return None
    return state.f_bavail * state.f_frsize


def inodes_free(folder: str) -> int | None:
    """Return how many files a user may still make where ``folder`` lies; None where that is not limited, or unknown."""
    try:
        state = os.statvfs(folder) if folder else None
    except OSError:
        return None
    return state.f_favail if state is not None and state.f_files else None


def forwarding(root: Path = Path("/")) -> bool | None:
    """Whether the kernel forwards IPv4 packets."""
    lines = _lines(root / "proc/sys/net/ipv4/ip_forward")
    return lines[0].strip() == "1" if lines else None


def tun_works(device: Path = Path("/dev/net/tun")) -> bool | None:
    """Whether the tun device opens; to open it makes the kernel load the module where there is one."""
    try:
        os.close(os.open(device, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        # Forbidden to this user is not absent: the engine hands the device over as root.
        return None if error.errno in (errno.EACCES, errno.EPERM) else False
    return True


def namespaces(root: Path = Path("/")) -> bool:
    """Whether the kernel has network namespaces."""
    return (root / "proc/self/ns/net").exists()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
