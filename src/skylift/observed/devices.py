"""The machine's disks: what the kernel knows of each, and what is on it. No udev is asked; names are bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from skylift.model.host import BlockDevice
from skylift.observed.signatures import HEAD, found, osd_of, partitions, shown

SYS, DEV, PROC = Path("/sys/class/block"), Path("/dev"), Path("/proc/self")
LINKS = ("by-id", "by-path", "by-uuid", "by-label")


def block_devices(sys: Path = SYS, dev: Path = DEV, proc: Path = PROC) -> tuple[BlockDevice, ...]:
    """Return every disk of the machine with its uses and content, by path; partitions are part of their disk.

    ``sys`` is the kernel's list, ``dev`` where the devices are, ``proc`` has ``mountinfo`` and, above it, ``swaps``.
    """
    try:
        names = sorted(entry.name for entry in sys.iterdir())
    except OSError:
        return ()
    numbers = {_text(sys / name / "dev"): name for name in names}
    used = {**_mounts(proc, numbers), **_swaps(proc.parent)}
    links = _links(dev)
    disks = [name for name in names if not (sys / name / "partition").exists()]
    return tuple(_device(sys / name, dev / name, used, links) for name in disks if _size(sys / name))


def _device(entry: Path, path: Path, used: Mapping[str, str], links: Mapping[str, tuple[str, ...]]) -> BlockDevice:
    parts = sorted(part.parent.name for part in entry.glob("*/partition"))
    uses = [f"{name}: {used[name]}" for name in (entry.name, *parts) if name in used]
    for name in (entry, *(entry / part for part in parts)):
        uses += [f"{name.name} is part of {holder.name}" for holder in sorted((name / "holders").glob("*"))]
    head, tail, unreadable = _ends(path)
    content = list(found(head, tail))
    if parts and not partitions(head):
        # The kernel knows more kinds of partition tables than are read here.
        content = [f"partitions {', '.join(parts)}", *content]
    return BlockDevice(
        path=str(path),
        size=_size(entry),
        names=(str(path), *links.get(entry.name, ())),
        serial=_serial(entry),
        read_only=_text(entry / "ro") == "1",
        uses=tuple(uses),
        content=tuple(content),
        osd=osd_of(head),
        unreadable=unreadable,
    )


def _ends(path: Path) -> tuple[bytes, bytes, str]:
    """Return the first and the last bytes, and why they could not be read."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            file.seek(max(0, file.seek(0, os.SEEK_END) - HEAD))
            return head, file.read(HEAD), ""
    except OSError as error:
        return b"", b"", error.strerror or type(error).__name__


def _size(entry: Path) -> int:
    text = _text(entry / "size")
    # The kernel counts in sectors of 512 bytes, whatever the disk's are.
    return int(text) * 512 if text.isdigit() else 0


def _serial(entry: Path) -> str:
    return next((text for name in ("serial", "wwid") if (text := _text(entry / "device" / name))), "")


def _text(path: Path) -> str:
    try:
        return shown(path.read_bytes())
    except OSError:
        return ""


def _mounts(proc: Path, numbers: Mapping[str, str]) -> dict[str, str]:
    """Return where each device is mounted first; ``numbers`` are names by ``major:minor``."""
    used: dict[str, str] = {}
    for fields in _lines(proc / "mountinfo"):
        if len(fields) > 4 and (name := numbers.get(fields[2].decode("ascii", "replace"))):
            used.setdefault(name, f"mounted at {shown(_unescaped(fields[4]))}")
    return used


def _swaps(proc: Path) -> dict[str, str]:
    paths = [fields[0] for fields in _lines(proc / "swaps")]
    return {Path(os.fsdecode(path)).name: "used as swap" for path in paths if path.startswith(b"/")}


def _lines(path: Path) -> Iterator[list[bytes]]:
    try:
        text = path.read_bytes()
    except OSError:
        return
    yield from (fields for line in text.splitlines() if (fields := line.split()))


def _unescaped(raw: bytes) -> bytes:
    """Blanks and the like are written as three octal digits (proc(5))."""
    return raw.replace(b"\\040", b" ").replace(b"\\011", b"\t").replace(b"\\134", b"\\")


def _links(dev: Path) -> dict[str, tuple[str, ...]]:
    """Return the further names of each device, as udev made them."""
    links: dict[str, list[str]] = {}
    for folder in LINKS:
        for link in sorted((dev / "disk" / folder).glob("*")):
            links.setdefault(Path(os.path.realpath(link)).name, []).append(str(link))
    return {name: tuple(paths) for name, paths in links.items()}
