"""Parts of the kernel that only some settings need: running, built in, or there as a module that can be loaded.

Where a part shows itself differs: a file system in /proc/filesystems, a device in /proc/misc, a module that is loaded
or built in under /sys/module. Under /lib/modules is listed what can be loaded (modules.dep) and what is built in
(modules.builtin).
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Feature:
    """How a part of the kernel is known: its module, and the name it has in a list under /proc."""

    module: str
    listed: tuple[str, str] | None = None


FEATURES: Mapping[str, Feature] = {
    "device mapper": Feature("dm_mod", ("proc/misc", "device-mapper")),
    "iSCSI target": Feature("iscsi_target_mod"),
    "iSCSI initiator": Feature("iscsi_tcp"),
    "NFS client": Feature("nfs", ("proc/filesystems", "nfs")),
}


def features(root: Path = Path("/"), release: str = "") -> frozenset[str]:
    """Return those that the kernel ``release`` (the running one) has. Takes a few file reads."""
    folder = root / "lib/modules" / (release or platform.release())
    modules = {
        Path(word.partition(":")[0]).name.partition(".")[0].replace("-", "_")
        for name in ("modules.dep", "modules.builtin")
        for word in _lines(folder / name)
    }
    return frozenset(
        name
        for name, one in FEATURES.items()
        if one.module in modules
        or (root / "sys/module" / one.module).exists()
        or (one.listed and any(line.split()[-1:] == [one.listed[1]] for line in _lines(root / one.listed[0])))
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
